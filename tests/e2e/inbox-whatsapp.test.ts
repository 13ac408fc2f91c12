import assert from "node:assert/strict";
import { connectChannel } from "../../lib/messaging/mod.ts";
import { browserTest, visit } from "../support/browser.ts";
import { startFakeGraph, STATUS_PLANS } from "../support/fakes/graph.ts";
import { openWorld, PASSWORD } from "./world.ts";

const ANA = { phone: "5215512345678", name: "Ana López" } as const;

browserTest(
  "an operator sees a WhatsApp conversation with its ticks and window, and sends again what was refused",
  async (browser) => {
    await using graph = await startFakeGraph();
    graph.statuses(STATUS_PLANS.read);
    const { WHATSAPP_GRAPH_URL = "", WHATSAPP_GRAPH_VERSION = "", WHATSAPP_APP_SECRET = "" } = graph.env;
    await using world = await openWorld({
      env: { WHATSAPP_GRAPH_URL, WHATSAPP_GRAPH_VERSION, DEBOUNCE_WHATSAPP: "50ms" },
    });
    const { phoneNumberId, businessAccountId, accessToken } = graph.account;
    await connectChannel(world.operator.ctx, {
      channel: "whatsapp",
      name: "WhatsApp",
      settings: { phone_number_id: phoneNumberId, business_account_id: businessAccountId },
      secrets: { access_token: accessToken, app_secret: WHATSAPP_APP_SECRET },
    });
    graph.webhooks.to(`${world.origin}/api/whatsapp/webhook`, { auto: true });
    const { page, context, complaints } = await visit(browser, world.origin);
    await page.goto(`${world.origin}/inbox`);
    await page.locator("#login [name=username]").fill(world.operator.username);
    await page.locator("#login [name=password]").fill(PASSWORD);
    await page.locator("#login-button").click();
    await page.locator('#link[data-state="live"]').waitFor();

    graph.customer(ANA).says("¿A qué hora abren el sábado?");
    await page.locator(".row", { hasText: "Ana López" }).click();
    await page.locator(".message.by-bot .ticks.read").waitFor();
    assert.match(await page.locator("#about").innerText(), /23 h/);

    graph.statuses(STATUS_PLANS.never);
    // Refused for good: an operator sees why, and may send it again.
    graph.forRecipient(ANA.phone, { do: "error", code: 131026, message: "Message undeliverable" });
    await page.locator("#takeover").click();
    await page.locator("#text").fill("Le guardo una mesa.");
    await page.locator("#text").press("Enter");
    const mine = page.locator(".message.by-operator", { hasText: "Le guardo una mesa." });
    await mine.locator(".ticks.failed", { hasText: "131026" }).waitFor();
    await mine.locator(".resend").click();
    await mine.locator(".ticks.sent").waitFor();
    assert.equal(graph.ledger.of(ANA.phone).filter(({ text }) => text === "Le guardo una mesa.").length, 1);
    assert.deepEqual(complaints, []);
    await context.close();
  },
);
