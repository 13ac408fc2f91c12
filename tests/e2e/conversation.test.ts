import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { Page } from "playwright-core";
import { browserTest, visit } from "../support/browser.ts";
import { openWorld, PASSWORD, type World } from "./world.ts";

async function say(page: Page, text: string): Promise<void> {
  await page.locator("#text").fill(text);
  await page.locator("#text").press("Enter");
}

async function signIn(page: Page, { origin, operator }: World): Promise<void> {
  await page.goto(`${origin}/inbox`);
  await page.locator("#login [name=username]").fill(operator.username);
  await page.locator("#login [name=password]").fill(PASSWORD);
  await page.locator("#login-button").click();
  await page.locator("#desk").waitFor();
}

const bubble = (page: Page, text: string) => page.locator(".message .bubble", { hasText: text });

browserTest(
  "a customer asks in the chat and gets the business's own answer with its source",
  async (browser) => {
    await using world = await openWorld();
    const { page, context, complaints } = await visit(browser, world.origin);
    await page.goto(`${world.origin}/chat/${world.key}`);
    await page.getByRole("heading", { name: "Café Aurora" }).waitFor();
    await say(page, "¿A qué hora abren el sábado?");
    const answer = page.locator(".message.by-bot", { hasText: "9:00 a 14:00" });
    await answer.waitFor();
    await answer.locator("summary").click();
    assert.match(await answer.locator("blockquote").innerText(), /sábados/);
    await answer.getByRole("button", { name: "Me sirvió", exact: true }).click();
    await page.locator(".rate[aria-pressed=true]").waitFor();
    await page.reload();
    await bubble(page, "¿A qué hora abren el sábado?").waitFor();
    await page.locator(".rate[aria-pressed=true]").waitFor();
    assert.equal(await page.locator(".message").count(), 2, "a reload shows each message once");
    assert.deepEqual(complaints, []);
    await context.close();
  },
);

browserTest(
  "a customer asks for a person, an operator answers from the inbox, and the customer sees it live",
  async (browser) => {
    await using world = await openWorld();
    const customer = await visit(browser, world.origin);
    const operator = await visit(browser, world.origin);
    await signIn(operator.page, world);
    await operator.page.locator('#link[data-state="live"]').waitFor();
    await customer.page.goto(`${world.origin}/chat/${world.key}`);
    await say(customer.page, "Necesito ayuda con mi pedido");
    await customer.page.locator("#person").click();
    await customer.page.locator('body[data-state="waiting"]').waitFor();
    await operator.page.locator(".row.waiting").click();
    await operator.page.waitForFunction(() => document.title.startsWith("(1) "));
    await bubble(operator.page, "Necesito ayuda con mi pedido").waitFor();
    await say(operator.page, "Hola, soy Luis. <b>Te ayudo</b>");
    const answer = customer.page.locator(".message.by-operator", { hasText: "<b>Te ayudo</b>" });
    await answer.waitFor();
    assert.equal(await answer.locator("b").count(), 0, "what people write is never read as HTML");
    await customer.page.locator('body[data-state="human"]').waitFor();
    await say(customer.page, "¡Gracias!");
    await bubble(operator.page, "¡Gracias!").waitFor();
    await operator.page.locator("#release").click();
    await customer.page.locator('body[data-state="bot"]').waitFor();
    await operator.page.locator("#close").click();
    await customer.page.locator('body[data-state="closed"]').waitFor();
    await say(customer.page, "Una cosa más");
    await operator.page.locator(".row", { hasText: "Una cosa más" }).waitFor();
    assert.deepEqual([...customer.complaints, ...operator.complaints], []);
    await customer.context.close();
    await operator.context.close();
  },
);

browserTest(
  "what is written without a connection goes out once when it is back, over a reload too",
  async (browser) => {
    await using world = await openWorld();
    const { page, context } = await visit(browser, world.origin);
    await page.goto(`${world.origin}/chat/${world.key}`);
    await page.getByRole("heading", { name: "Café Aurora" }).waitFor();
    await page.route(
      "**/api/chat/messages",
      (route) => route.request().method() === "POST" ? route.abort() : route.continue(),
    );
    await say(page, "¿Siguen ahí?");
    await page.locator(".pending", { hasText: "¿Siguen ahí?" }).waitFor();
    await page.reload();
    await page.locator(".pending", { hasText: "¿Siguen ahí?" }).waitFor();
    await page.unroute("**/api/chat/messages");
    await page.locator(".message.in:not(.pending)", { hasText: "¿Siguen ahí?" }).waitFor();
    assert.equal(await page.locator(".message.in").count(), 1);
    const { body } = await world.h.request("GET", "/api/conversations", { token: world.operator.token });
    const messages = await world.h.request("GET", `/api/conversations/${body.data[0].id}/messages`, {
      token: world.operator.token,
    });
    assert.equal(
      messages.body.data.filter((message: { direction: string }) => message.direction === "in").length,
      1,
    );
    await context.close();
  },
);

browserTest(
  "a message whose answer got lost is sent again under its id and stays one message",
  async (browser) => {
    let lost = 0;
    await using world = await openWorld({
      around: (fetch) => async (request, bindings) => {
        const response = await fetch(request, bindings);
        const first = request.method === "POST" && new URL(request.url).pathname === "/api/chat/messages" &&
          lost++ === 0;
        return first ? new Response("{}", { status: 502 }) : response;
      },
    });
    const { page, context } = await visit(browser, world.origin);
    await page.goto(`${world.origin}/chat/${world.key}`);
    await page.getByRole("heading", { name: "Café Aurora" }).waitFor();
    await say(page, "¿A qué hora abren el sábado?");
    await page.locator(".message.by-bot", { hasText: "9:00 a 14:00" }).waitFor();
    await page.waitForFunction(() => {
      const [, kept = ""] = Object.entries(localStorage).find(([key]) => key.endsWith(".outbox")) ?? [];
      return kept === "[]";
    });
    assert.equal(lost, 2);
    assert.equal(await page.locator(".message.in").count(), 1);
    await context.close();
  },
);

browserTest(
  "the chat stays live over server-sent events where no WebSocket gets through",
  async (browser) => {
    await using world = await openWorld({
      around: (fetch) => (request, bindings) =>
        new URL(request.url).pathname === "/api/ws"
          ? new Response(null, { status: 502 })
          : fetch(request, bindings),
    });
    const { page, context } = await visit(browser, world.origin);
    const streamed = page.waitForRequest((request) => request.url().includes("/api/events/stream"));
    await page.goto(`${world.origin}/chat/${world.key}`);
    await streamed;
    await say(page, "¿A qué hora abren el sábado?");
    await page.locator(".message.by-bot", { hasText: "9:00 a 14:00" }).waitFor();
    await context.close();
  },
);

browserTest(
  "an operator teaches what the bot did not know, and the next customer is told",
  async (browser) => {
    await using world = await openWorld();
    const customer = await visit(browser, world.origin);
    const operator = await visit(browser, world.origin);
    await customer.page.goto(`${world.origin}/chat/${world.key}`);
    await say(customer.page, "¿Rentan bicicletas eléctricas?");
    await customer.page.locator(".message.by-bot").first().waitFor();
    await signIn(operator.page, world);
    await operator.page.locator("#to-gaps").click();
    const gap = operator.page.locator(".gap", { hasText: "bicicletas" });
    await gap.locator("textarea").fill("Sí, rentamos bicicletas eléctricas por día.");
    await gap.locator("button[type=submit]").click();
    await gap.waitFor({ state: "detached" });
    await say(customer.page, "¿Rentan bicicletas eléctricas?");
    await bubble(customer.page, "rentamos bicicletas eléctricas por día").waitFor();
    assert.deepEqual([...customer.complaints, ...operator.complaints], []);
    await customer.context.close();
    await operator.context.close();
  },
);

browserTest("a customer sends a file, and the operator gets the same bytes", async (browser) => {
  await using world = await openWorld();
  const customer = await visit(browser, world.origin);
  const operator = await visit(browser, world.origin);
  await customer.page.goto(`${world.origin}/chat/${world.key}`);
  await customer.page.getByRole("heading", { name: "Café Aurora" }).waitFor();
  const buffer = new TextEncoder().encode("una nota con eñe");
  await customer.page.locator("#file").setInputFiles({
    name: "nota.txt",
    mimeType: "text/plain",
    buffer: Buffer.from(buffer),
  });
  await bubble(customer.page, "nota.txt").waitFor();
  await signIn(operator.page, world);
  await operator.page.locator(".row").first().click();
  const download = operator.page.waitForEvent("download");
  await operator.page.getByRole("button", { name: "nota.txt" }).click();
  const saved = await download;
  assert.equal(saved.suggestedFilename(), "nota.txt");
  assert.deepEqual(await Deno.readFile(await saved.path()), buffer);
  assert.deepEqual([...customer.complaints, ...operator.complaints], []);
  await customer.context.close();
  await operator.context.close();
});

browserTest("the pages speak the browser's language, and another when asked", async (browser) => {
  await using world = await openWorld();
  const { page, context } = await visit(browser, world.origin, { locale: "en-GB" });
  await page.goto(`${world.origin}/chat/${world.key}`);
  await page.getByRole("button", { name: "Talk to a person" }).waitFor();
  await page.getByLabel("Language").selectOption("es");
  await page.getByRole("button", { name: "Hablar con una persona" }).waitFor();
  assert.equal(await page.locator("html").getAttribute("lang"), "es");
  await page.goto(`${world.origin}/inbox`);
  await page.getByRole("button", { name: "Entrar" }).waitFor();
  await context.close();
});

browserTest(
  "an operator who gives a wrong password is told so, and stays signed in over a reload after the right one",
  async (browser) => {
    await using world = await openWorld();
    const { page, context } = await visit(browser, world.origin);
    await page.goto(`${world.origin}/inbox`);
    await page.locator("#login [name=username]").fill(world.operator.username);
    await page.locator("#login [name=password]").fill("otra-cosa-distinta");
    await page.locator("#login [name=password]").press("Enter");
    await page.getByRole("alert").filter({ hasText: "no son correctos" }).waitFor();
    await signIn(page, world);
    await page.reload();
    await page.locator("#desk").waitFor();
    await page.locator("#leave").click();
    await page.locator("#login").waitFor();
    await page.reload();
    await page.locator("#login").waitFor();
    await context.close();
  },
);

browserTest("the widget's one line opens the chat in a frame of another site", async (browser) => {
  await using world = await openWorld();
  const { page, context } = await visit(browser, world.origin);
  const html =
    `<!doctype html><title>Tienda</title><h1>Tienda</h1><script src="${world.origin}/chat/widget.js" data-key="${world.key}"></script>`;
  const shop = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    () => new Response(html, { headers: { "content-type": "text/html" } }),
  );
  await page.goto(`http://127.0.0.1:${shop.addr.port}/`);
  await page.getByRole("button", { name: "Chat" }).click();
  const frame = page.frameLocator("cauce-chat iframe");
  await frame.getByRole("heading", { name: "Café Aurora" }).waitFor();
  await frame.locator("#text").fill("¿A qué hora abren el sábado?");
  await frame.locator("#text").press("Enter");
  await frame.locator(".message.by-bot", { hasText: "9:00 a 14:00" }).waitFor();
  await frame.locator("#fold").click();
  await page.getByRole("button", { name: "Chat" }).waitFor();
  await context.close();
  await shop.shutdown();
});
