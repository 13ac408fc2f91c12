import assert from "node:assert/strict";
import { browserTest, pageOptions, serveApp, visit } from "../support/browser.ts";
import { harness } from "../support/harness.ts";

const PAGES = {
  "/docs": ".opblock-tag-section",
  "/api/v1/docs": ".opblock-tag-section",
  "/redoc": "[data-section-id]",
  "/docs/errors": "#busy",
  "/": ".door",
} as const;

for (const [path, landmark] of Object.entries(PAGES)) {
  browserTest(
    `${path} shows itself in Chromium with nothing blocked and no word of complaint`,
    async (browser) => {
      await using h = await harness({ app: pageOptions() });
      await using server = serveApp(h.app);
      const { page, context, complaints } = await visit(browser, server.origin);
      await page.goto(`${server.origin}${path}`);
      await page.locator(landmark).first().waitFor();
      await page.waitForLoadState("networkidle");
      assert.deepEqual(complaints, []);
      await context.close();
    },
  );
}

browserTest("/docs opens an operation and shows what it answers", async (browser) => {
  await using h = await harness({ app: pageOptions() });
  await using server = serveApp(h.app);
  const { page, context, complaints } = await visit(browser, server.origin);
  await page.goto(`${server.origin}/docs`);
  await page.locator("#operations-tag-health .expand-operation").click();
  await page.locator("#operations-health-getLiveness .opblock-summary-control").click();
  await page.getByRole("button", { name: "Try it out" }).click();
  await page.getByRole("button", { name: "Execute" }).click();
  await page.locator(".live-responses-table .response-col_status").filter({ hasText: "200" }).first()
    .waitFor();
  assert.deepEqual(complaints, []);
  await context.close();
});
