import assert from "node:assert/strict";
import type { Browser } from "playwright-core";
import { connectChannel } from "../../lib/messaging/mod.ts";
import { browserTest, visit } from "../support/browser.ts";
import { startFakeGraph, STATUS_PLANS } from "../support/fakes/graph.ts";
import { openWorld, PASSWORD } from "./world.ts";

const ANA = { phone: "5215512345678", name: "Ana López" } as const;

type Graph = Awaited<ReturnType<typeof startFakeGraph>>;
type World = Awaited<ReturnType<typeof openWorld>>;

function settingsOf({ env }: Graph): Record<string, string> {
  const { WHATSAPP_GRAPH_URL = "", WHATSAPP_GRAPH_VERSION = "" } = env;
  return { WHATSAPP_GRAPH_URL, WHATSAPP_GRAPH_VERSION, DEBOUNCE_WHATSAPP: "50ms" };
}

/** The inbox of a signed-in operator whose workspace has the number of this Graph. */
async function inboxOf(browser: Browser, { graph, world }: { graph: Graph; world: World }) {
  const { phoneNumberId, businessAccountId, accessToken } = graph.account;
  await connectChannel(world.operator.ctx, {
    channel: "whatsapp",
    name: "WhatsApp",
    settings: { phone_number_id: phoneNumberId, business_account_id: businessAccountId },
    secrets: { access_token: accessToken, app_secret: graph.env["WHATSAPP_APP_SECRET"] ?? "" },
  });
  graph.webhooks.to(`${world.origin}/api/whatsapp/webhook`, { auto: true });
  const visited = await visit(browser, world.origin);
  const { page } = visited;
  await page.goto(`${world.origin}/inbox`);
  await page.locator("#login [name=username]").fill(world.operator.username);
  await page.locator("#login [name=password]").fill(PASSWORD);
  await page.locator("#login-button").click();
  await page.locator('#link[data-state="live"]').waitFor();
  return visited;
}

browserTest(
  "an operator sees a WhatsApp conversation with its ticks and window, and sends again what was refused",
  async (browser) => {
    await using graph = await startFakeGraph();
    graph.statuses(STATUS_PLANS.read);
    await using world = await openWorld({ env: settingsOf(graph) });
    const { page, context, complaints } = await inboxOf(browser, { graph, world });

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

/** A tenth of a second of silence, as RIFF/WAVE has it: 8 kHz, 8 bits, mono. */
function silence(): Uint8Array<ArrayBuffer> {
  const samples = 800;
  const bytes = new Uint8Array(44 + samples).fill(128);
  const view = new DataView(bytes.buffer);
  const text = (at: number, word: string) => bytes.set(new TextEncoder().encode(word), at);
  text(0, "RIFF");
  view.setUint32(4, 36 + samples, true);
  text(8, "WAVEfmt ");
  for (const [at, value] of [[16, 16], [24, 8000], [28, 8000], [40, samples]] as const) {
    view.setUint32(at, value, true);
  }
  for (const [at, value] of [[20, 1], [22, 1], [32, 1], [34, 8]] as const) view.setUint16(at, value, true);
  text(36, "data");
  return bytes;
}

browserTest(
  "an operator sees a customer's picture and hears the voice note within the page's policy",
  async (browser) => {
    await using graph = await startFakeGraph();
    await using world = await openWorld({ env: settingsOf(graph) });
    const { page, context, complaints } = await inboxOf(browser, { graph, world });
    const ana = graph.customer(ANA);
    ana.sends("image");
    ana.sends("audio", { mimeType: "audio/wav", bytes: silence() });
    await page.locator(".row", { hasText: "Ana López" }).click();
    const picture = page.locator(".message.in img.picture:not(.loading)");
    await picture.waitFor();
    assert.equal(await picture.evaluate((image) => Reflect.get(image, "naturalWidth")), 1);
    assert.match(await picture.getAttribute("src") ?? "", /^blob:/);
    // Two webhooks at once may arrive in either order.
    await page.locator(".message.in button.file", { hasText: "audio.wav" }).first().click();
    const player = page.locator(".message.in audio.player");
    await player.waitFor();
    await page.waitForFunction(() => Number(document.querySelector("audio")?.duration) > 0.05);
    assert.equal(await page.locator(".message.in button.file").count(), 2, "each can still be downloaded");
    assert.deepEqual(complaints, []);
    await context.close();
  },
);
