import assert from "node:assert/strict";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { browserTest, visit } from "../support/browser.ts";
import { ownHost } from "../support/loopback.ts";
import { ADMIN_PASSWORD, signIn, startServer, temporaryFolder } from "../support/server.ts";

const FIRST = "¿Cuál es su horario?";
const SECOND = "¿Qué garantía dan?";
const THIRD = "¿Dan factura?";

async function say(page: Page, text: string): Promise<void> {
  await page.locator("#text").fill(text);
  await page.locator("#text").press("Enter");
}

browserTest(
  "a server that is killed and started again in the middle of a chat answers each message once",
  async (browser) => {
    await using folder = await temporaryFolder();
    // An address of its own: nobody else gets the port while the server is down.
    const env = { ADMIN_PASSWORD, DEBOUNCE_WEB: "1s", HOST: ownHost() };
    const options = { data: join(folder.path, "data"), env };
    let server = await startServer(options);
    const again = { ...options, env: { ...options.env, PORT: new URL(server.url).port } };
    const { page, context } = await visit(browser, server.url, { locale: "es-MX" });
    try {
      await page.goto(`${server.url}/chat`);
      await page.getByRole("button", { name: FIRST }).click();
      const answers = page.locator(".message.by-bot");
      await answers.nth(0).waitFor();

      // Acknowledged and then killed within the silence that the server waits for.
      const accepted = page.waitForResponse((response) =>
        response.request().method() === "POST" && response.url().endsWith("/api/chat/messages")
      );
      await say(page, SECOND);
      assert.equal((await accepted).status(), 202);
      await server.kill();
      await say(page, THIRD);
      await page.locator(".pending", { hasText: THIRD }).getByText("Sin enviar").waitFor();
      server = await startServer(again);
      await page.locator(".message.in:not(.pending)", { hasText: THIRD }).waitFor();
      await page.locator(".message.by-bot", { hasText: /90 días de garantía/ }).first().waitFor();
      await page.locator(".message.by-bot", { hasText: /CFDI/ }).first().waitFor();
      await page.locator("#link:empty").waitFor({ state: "attached" });

      const token = await signIn(server.url);
      const get = async (path: string) => {
        const response = await fetch(`${server.url}${path}`, {
          headers: { authorization: `Bearer ${token}` },
        });
        return (await response.json()).data;
      };
      const [conversation, ...others] = await get("/api/conversations");
      assert.deepEqual(others, []);
      const messages: { direction: string; text: string; sources: unknown[] }[] = await get(
        `/api/conversations/${conversation.id}/messages`,
      );
      const told = messages.filter(({ direction }) => direction === "in").map(({ text }) => text);
      assert.deepEqual(told.sort(), [FIRST, SECOND, THIRD].sort());
      const out = messages.filter(({ direction }) => direction === "out");
      const about = (words: RegExp) => out.filter(({ text }) => words.test(text)).length;
      assert.deepEqual([about(/90 días de garantía/), about(/CFDI/)], [1, 1]);
      assert.equal(
        await page.locator(".message").count(),
        messages.length,
        "the page shows each of them once",
      );
    } finally {
      await context.close();
      await server.kill();
    }
  },
);
