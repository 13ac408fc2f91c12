import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { Page } from "playwright-core";
import { browserTest, visit } from "../support/browser.ts";
import { openWorld, type World } from "./world.ts";

const NOTE = { name: "nota.txt", mimeType: "text/plain", buffer: Buffer.from("hola") };
const PAGE = { name: "x.html", mimeType: "text/html", buffer: Buffer.from("<html><script>1</script>") };

/** The chat once it is live: what comes back from then on was asked for by a button. */
async function open(page: Page, { origin, key }: World): Promise<void> {
  await page.goto(`${origin}/chat/${key}`);
  await page.getByRole("heading", { name: "Café Aurora" }).waitFor();
  await page.waitForFunction(() => document.querySelector("#link")?.textContent === "");
}

browserTest(
  "a file that is not taken, or finds no connection, is refused in the visitor's language",
  async (browser) => {
    await using world = await openWorld();
    const { page, context } = await visit(browser, world.origin);
    await open(page, world);
    const alert = page.getByRole("alert");

    await page.locator("#file").setInputFiles(PAGE);
    await alert.filter({ hasText: "solo se admiten imágenes" }).waitFor();
    await page.locator("#language").selectOption("en");
    await alert.filter({ hasText: "only pictures" }).waitFor();
    await page.locator("#language").selectOption("es");

    await page.route("**/api/chat/attachments", (route) => route.abort());
    await page.locator("#file").setInputFiles(NOTE);
    await alert.filter({ hasText: "no hay conexión" }).waitFor();
    await page.unroute("**/api/chat/attachments");

    let arrive = () => {};
    const held = new Promise<void>((resolve) => arrive = resolve);
    await page.route("**/api/chat/attachments", async (route) => {
      await held;
      await route.continue();
    });
    await page.locator("#file").setInputFiles(NOTE);
    await page.locator("#link", { hasText: "Enviando nota.txt" }).waitFor();
    assert.equal(await page.locator("#attach").isDisabled(), true);
    arrive();
    await page.locator(".message.in", { hasText: "nota.txt" }).waitFor();
    await alert.waitFor({ state: "hidden" });
    assert.equal(await page.locator("#attach").isDisabled(), false);
    await context.close();
  },
);

browserTest("a wish for a person that finds no connection says so until there is one", async (browser) => {
  await using world = await openWorld();
  const { page, context } = await visit(browser, world.origin);
  await open(page, world);
  await page.route("**/api/chat/handover", (route) => route.abort());
  await page.locator("#person").click();
  await page.getByRole("alert").filter({ hasText: "no hay conexión" }).waitFor();
  await page.unroute("**/api/chat/handover");
  await page.locator("#person").click();
  await page.locator('body[data-state="waiting"]').waitFor();
  await page.getByRole("alert").waitFor({ state: "hidden" });
  await context.close();
});
