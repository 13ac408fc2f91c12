import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { browserTest, visit } from "../support/browser.ts";
import { openWorld, type World } from "./world.ts";

const SEND = "**/api/chat/messages";
const QUESTION = "¿A qué hora abren el sábado?";

async function say(page: Page, text: string): Promise<void> {
  await page.locator("#text").fill(text);
  await page.locator("#text").press("Enter");
}

async function open(page: Page, { origin, key }: World): Promise<void> {
  await page.goto(`${origin}/chat/${key}`);
  await page.getByRole("heading", { name: "Café Aurora" }).waitFor();
}

/** Lets no message out of the page until the returned function is called. */
async function holdBack(page: Page): Promise<() => Promise<void>> {
  await page.route(SEND, (route) => route.request().method() === "POST" ? route.abort() : route.continue());
  return () => page.unroute(SEND);
}

const said = (page: Page, text: string) => page.locator(".message.in:not(.pending)", { hasText: text });
const pending = (page: Page, text: string) => page.locator(".pending", { hasText: text });
const fits = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);

/** What customers said, over all their conversations, as the team sees it. */
async function heard({ h, operator }: World): Promise<string[]> {
  const texts: string[] = [];
  const { body } = await h.request("GET", "/api/conversations", { token: operator.token });
  for (const { id } of body.data) {
    const messages = await h.request("GET", `/api/conversations/${id}/messages`, { token: operator.token });
    for (const { direction, text } of messages.body.data) if (direction === "in") texts.push(text);
  }
  return texts.sort();
}

browserTest(
  "a newcomer on a narrow phone is told what to do, and gets an answer with the keyboard alone",
  async (browser) => {
    await using world = await openWorld();
    const { page, context, complaints } = await visit(browser, world.origin, {
      viewport: { width: 320, height: 600 },
    });
    await open(page, world);
    await page.getByText("Escribe tu pregunta aquí abajo").waitFor();
    await page.locator(".message.by-greeting").waitFor();
    assert.equal(await page.locator("#banner").innerText(), "Te responde el asistente");
    assert.equal(await page.evaluate(() => document.activeElement?.id), "text");
    await page.keyboard.type(QUESTION);
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement?.id), "send");
    await page.keyboard.press("Enter");
    await page.getByRole("log", { name: "Mensajes" }).getByText("9:00 a 14:00").first().waitFor();
    assert.equal(await page.locator("#first").isVisible(), false);
    assert.ok(await fits(page));
    assert.deepEqual(complaints, []);
    await context.close();
  },
);

browserTest(
  "long words, other scripts, emoji and very long answers stay readable at 320 pixels",
  async (browser) => {
    await using world = await openWorld();
    await world.h.request("POST", "/api/knowledge/entries", {
      token: world.operator.token,
      body: {
        kind: "pair",
        title: "¿Cuál es la historia completa?",
        body: `Todo empieza en un puerto. ${"Y luego sigue. ".repeat(150)}${"interminable".repeat(20)}`,
        locale: "es",
      },
    });
    const { page, context } = await visit(browser, world.origin, { viewport: { width: 320, height: 600 } });
    await open(page, world);
    await say(page, "x".repeat(400));
    await say(page, "مرحبا 👩‍👩‍👧‍👦🎉");
    await said(page, "مرحبا").waitFor();
    const direction = await said(page, "مرحبا").locator("p").evaluate((p) => getComputedStyle(p).direction);
    assert.equal(direction, "rtl");
    await page.locator(".message.by-bot").first().waitFor();
    await say(page, "¿Cuál es la historia completa?");
    const long = page.locator(".message.by-bot", { hasText: "en un puerto" });
    await long.waitFor();
    await page.waitForFunction(() => {
      const last = document.querySelector("#messages > :last-child")?.getBoundingClientRect().top ?? 0;
      const top = document.querySelector("#scroll")?.getBoundingClientRect().top ?? 0;
      return last >= top && last < top + 40;
    });
    assert.ok(await fits(page));
    assert.equal(await page.evaluate(() => document.documentElement.scrollTop), 0, "the page itself stays");
    await context.close();
  },
);

browserTest(
  "a token that counts no more begins a new session, and neither a pending message nor a draft is lost",
  async (browser) => {
    await using world = await openWorld();
    const { page, context } = await visit(browser, world.origin);
    await open(page, world);
    await say(page, "Antes");
    await said(page, "Antes").waitFor();
    const release = await holdBack(page);
    await say(page, QUESTION);
    await pending(page, QUESTION).waitFor();
    await page.locator("#text").fill("a medias");
    await page.waitForFunction(() => Object.values(sessionStorage).includes('"a medias"'));
    await page.evaluate(() => {
      for (const [name, value] of Object.entries(localStorage)) {
        if (value.includes('"token"')) {
          localStorage.setItem(name, value.replace(/("token":"[^"]{20})[^"]*/, "$1"));
        }
      }
    });
    await page.reload();
    await pending(page, QUESTION).waitFor();
    assert.equal(await page.locator("#text").inputValue(), "a medias");
    await release();
    await page.locator(".message.by-bot", { hasText: "9:00 a 14:00" }).waitFor();
    assert.deepEqual(await heard(world), ["Antes", QUESTION]);
    await context.close();
  },
);

browserTest(
  "two tabs are one visitor, and what each wrote without a connection goes out once",
  async (browser) => {
    await using world = await openWorld();
    const { page: first, context } = await visit(browser, world.origin);
    const second = await context.newPage();
    await open(first, world);
    await open(second, world);
    await say(first, "Desde la primera");
    await said(second, "Desde la primera").waitFor();
    const release = await holdBack(first);
    const releaseSecond = await holdBack(second);
    await say(first, "Uno");
    await say(second, "Dos");
    await pending(first, "Uno").waitFor();
    await pending(second, "Dos").waitFor();
    await first.close();
    await second.reload();
    await pending(second, "Uno").waitFor();
    await release().catch(() => {}); // its page is closed
    await releaseSecond();
    await said(second, "Uno").waitFor();
    await said(second, "Dos").waitFor();
    assert.deepEqual(await heard(world), ["Desde la primera", "Dos", "Uno"]);
    await context.close();
  },
);

browserTest(
  "a page that goes offline says so, keeps what is written and sends it on its own once it is back",
  async (browser) => {
    await using world = await openWorld();
    const { page, context } = await visit(browser, world.origin);
    await open(page, world);
    await context.setOffline(true);
    await say(page, QUESTION);
    await pending(page, QUESTION).getByText("Sin enviar").waitFor();
    await context.setOffline(false);
    await page.locator(".message.by-bot", { hasText: "9:00 a 14:00" }).waitFor();
    assert.deepEqual(await heard(world), [QUESTION]);
    await context.close();
  },
);

browserTest(
  "a server that is away while the page opens is asked again, and nothing written meanwhile is refused",
  async (browser) => {
    let away = 2;
    await using world = await openWorld({
      around: (fetch) => (request, bindings) =>
        new URL(request.url).pathname.endsWith("/sessions") && away-- > 0
          ? new Response("{}", { status: 503 })
          : fetch(request, bindings),
    });
    const { page, context } = await visit(browser, world.origin);
    await page.goto(`${world.origin}/chat/${world.key}`);
    await say(page, QUESTION);
    await page.locator(".message.by-bot", { hasText: "9:00 a 14:00" }).waitFor();
    assert.equal(await page.getByText("No se envió").count(), 0);
    assert.deepEqual(await heard(world), [QUESTION]);
    await context.close();
  },
);

browserTest("a visitor whose data was erased meanwhile begins anew with an empty chat", async (browser) => {
  await using world = await openWorld();
  const { page, context } = await visit(browser, world.origin);
  await open(page, world);
  await say(page, "Mi teléfono es privado");
  await said(page, "privado").waitFor();
  const { body } = await world.h.request("GET", "/api/conversations", { token: world.operator.token });
  const contact = body.data[0].contact.id;
  const erased = await world.h.request("DELETE", `/api/contacts/${contact}`, { token: world.operator.token });
  assert.ok(erased.status < 300, JSON.stringify(erased.body));
  await say(page, QUESTION);
  await page.locator(".message.by-bot", { hasText: "9:00 a 14:00" }).waitFor();
  assert.equal(await said(page, "privado").count(), 0);
  await context.close();
});
