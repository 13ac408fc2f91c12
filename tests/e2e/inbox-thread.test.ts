import assert from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import { browserTest, visit } from "../support/browser.ts";
import { openWorld, PASSWORD, type World } from "./world.ts";

/** The inbox of the signed-in operator, live. */
async function inboxOf(browser: Browser, { origin, operator }: World) {
  const visited = await visit(browser, origin);
  const { page } = visited;
  let cut = () => {};
  await page.routeWebSocket("**/api/ws*", (socket) => {
    socket.connectToServer();
    cut = () => void socket.close();
  });
  await page.goto(`${origin}/inbox`);
  await page.locator("#login [name=username]").fill(operator.username);
  await page.locator("#login [name=password]").fill(PASSWORD);
  await page.locator("#login-button").click();
  await page.locator('#link[data-state="live"]').waitFor();
  return { ...visited, cut: () => cut() };
}

/** What a customer of the API channel says; gives the conversation's id. */
async function says({ h, operator }: World, text: string, contact = "ana"): Promise<string> {
  const { body, status } = await h.request("POST", "/api/conversations", {
    token: operator.token,
    body: { contact: { external_id: contact, name: contact }, text },
  });
  assert.equal(status, 202);
  return String(body.conversation_id);
}

async function answersOf({ h, operator }: World, id: string): Promise<string[]> {
  const { body } = await h.request("GET", `/api/conversations/${id}/messages`, { token: operator.token });
  return body.data.filter(({ author }: { author: string }) => author === "operator")
    .map(({ text }: { text: string }) => text);
}

const about = (page: Page, text: string) => page.locator("#about", { hasText: text });

browserTest("a key does only what its button would: nothing without one, nothing twice", async (browser) => {
  await using world = await openWorld();
  await says(world, "¿A qué hora abren el sábado?");
  const { page, context, complaints } = await inboxOf(browser, world);
  await page.locator(".row").waitFor();
  for (const key of ["t", "l", "c"]) await page.keyboard.press(key);
  await page.keyboard.press("j");
  await about(page, "Con el asistente").waitFor();
  const asked: string[] = [];
  page.on("request", (request) => request.method() === "POST" && asked.push(request.url()));
  await page.keyboard.press("t");
  await about(page, "Con una persona").waitFor();
  await page.keyboard.press("t");
  // A key that is held down comes again before the first answer is here.
  await page.evaluate(() => {
    for (let i = 0; i < 3; i++) {
      document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "c", bubbles: true }));
    }
  });
  await about(page, "Cerrada").waitFor();
  for (const key of ["t", "l", "c"]) await page.keyboard.press(key);
  const verbs = asked.map((url) => url.split("/").at(-1)).filter((verb) => verb !== "read");
  assert.deepEqual(verbs, ["takeover", "close"]);
  assert.equal(await page.locator("#trouble").isVisible(), false);
  assert.deepEqual(complaints, []);
  await context.close();
});

browserTest(
  "a reply whose answer was lost is kept, and sent again it is the same message",
  async (browser) => {
    await using world = await openWorld();
    const id = await says(world, "¿Tienen mesas para hoy?");
    const { page, context } = await inboxOf(browser, world);
    await page.locator(".row").click();
    await page.route("**/reply", async (route) => {
      await route.fetch();
      await route.abort();
    });
    const field = page.locator("#text");
    await field.fill("Sí, a las ocho.");
    await field.press("Enter");
    await page.getByRole("alert").filter({ hasText: "No hay conexión con el servidor" }).waitFor();
    assert.equal(await field.inputValue(), "Sí, a las ocho.");
    await page.unroute("**/reply");
    await field.press("Enter");
    await page.getByRole("alert").waitFor({ state: "hidden" });
    assert.deepEqual(await answersOf(world, id), ["Sí, a las ocho."]);

    // The same words, said again on purpose, are another message.
    await field.fill("Sí, a las ocho.");
    await field.press("Enter");
    await page.locator(".message.by-operator").nth(1).waitFor();
    assert.deepEqual(await answersOf(world, id), ["Sí, a las ocho.", "Sí, a las ocho."]);
    await context.close();
  },
);

browserTest("who reads further up is left there when the stream comes back", async (browser) => {
  await using world = await openWorld();
  const id = await says(world, "Hola");
  for (let i = 0; i < 70; i++) {
    const { status } = await world.h.request("POST", `/api/conversations/${id}/reply`, {
      token: world.operator.token,
      body: { text: `Línea ${i}` },
    });
    assert.equal(status, 201);
  }
  const { page, context, cut } = await inboxOf(browser, world);
  await page.locator(".row").click();
  await page.locator(".message", { hasText: "Línea 69" }).waitFor();
  await page.locator("#earlier").click();
  await page.locator(".message", { hasText: "Línea 0" }).waitFor();
  await page.locator("#scroll").evaluate((scroll) => scroll.scrollTop = 0);
  const looked = page.waitForResponse((response) => response.url().includes(`${id}/messages?limit=50`));
  cut();
  await (await looked).finished();
  await says(world, "¿Siguen ahí?");
  await page.locator(".message", { hasText: "¿Siguen ahí?" }).waitFor();
  assert.equal(await page.locator(".message", { hasText: "Línea 0" }).count(), 1);
  assert.equal(await page.locator("#scroll").evaluate(({ scrollTop }) => scrollTop), 0);
  await context.close();
});

browserTest("the filter that was chosen last is the one that is shown", async (browser) => {
  await using world = await openWorld();
  await says(world, "¿A qué hora abren el sábado?");
  const { page, context } = await inboxOf(browser, world);
  await page.locator(".row").waitFor();
  let arrive = () => {};
  const held = new Promise<void>((resolve) => arrive = resolve);
  await page.route("**/api/conversations?*state=waiting*", async (route) => {
    await held;
    await route.continue();
  });
  const filters = page.getByRole("group", { name: "Filtrar por estado" });
  await filters.getByRole("button", { name: "Esperan" }).click();
  await page.locator("#none").waitFor();
  await filters.getByRole("button", { name: "Asistente" }).click();
  await page.locator(".row.bot").waitFor();
  const late = page.waitForResponse((response) => response.url().includes("state=waiting"));
  arrive();
  await (await late).finished();
  await page.evaluate(() => new Promise(requestAnimationFrame));
  assert.equal(await page.locator(".row.bot").count(), 1);
  await context.close();
});
