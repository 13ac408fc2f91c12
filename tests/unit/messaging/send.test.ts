import assert from "node:assert/strict";
import { listConversations, listMessages, reply, takeOver } from "../../../lib/conversations/mod.ts";
import { getQueued, retryQueued } from "../../../lib/messaging/mod.ts";
import { MINUTE } from "../../../lib/kernel/clock.ts";
import { STATUS_PLANS } from "../../support/fakes/graph.ts";
import { ANA, type Line, openLine, talkWithAna } from "./line.ts";

async function conversationOf(line: Line): Promise<string> {
  const { data } = await listConversations(line.ctx, { limit: 1 });
  return data[0]?.id ?? "";
}

Deno.test("a WhatsApp question is answered through the Graph API once, and its ticks are seen", async () => {
  await using line = await openLine();
  line.graph.statuses(STATUS_PLANS.read);
  await talkWithAna(line);
  assert.equal(line.graph.ledger.received.length, 1);
  assert.match(line.graph.ledger.received[0]?.text ?? "", /8:00 a 19:00/);
  const [sent] = await line.queue();
  assert.equal(sent?.state, "read");
  assert.equal(sent?.external_id, line.graph.ledger.received[0]?.wamid);
  assert.equal(line.graph.world.read.at(-1)?.typing, true);
  const { data } = await listMessages(line.ctx, { conversationId: await conversationOf(line), limit: 10 });
  assert.deepEqual(data.map(({ direction }) => direction), ["in", "out"]);
});

Deno.test("a long answer goes out in parts, in their order", async () => {
  await using line = await openLine();
  await talkWithAna(line);
  const conversationId = await conversationOf(line);
  const paragraphs = Array.from({ length: 9 }, (_, at) => `${at} ${"palabra ".repeat(150)}`.trim());
  await reply(line.ctx, { conversationId, text: paragraphs.join("\n\n") });
  await line.settle();
  const got = line.graph.ledger.received.slice(1).map(({ text }) => text);
  assert.ok(got.length >= 3);
  assert.ok(got.every((text) => text.length <= 4096));
  assert.equal(got.join("\n\n"), paragraphs.join("\n\n"));
});

Deno.test("a send that nobody answered is never made again: it waits for its status, then is held", async () => {
  await using line = await openLine();
  line.graph.statuses(STATUS_PLANS.never);
  line.graph.forRecipient(ANA.phone, { do: "close", delivered: true });
  await talkWithAna(line);
  let [message] = await line.queue();
  assert.equal(message?.state, "processing");
  assert.equal(message?.waiting_for?.reason, "outcome_unknown");
  const conversationId = await conversationOf(line);
  await reply(line.ctx, { conversationId, text: "Sigo aquí." });
  await line.settle();
  assert.equal((await line.queue())[1]?.waiting_for?.reason, "earlier_message");
  await line.pause(10 * MINUTE + 1);
  [message] = await line.queue();
  assert.equal(message?.state, "held");
  assert.equal(message?.state_reason, "outcome_unknown");
  assert.deepEqual(line.graph.ledger.received.map(({ text }) => text).slice(1), ["Sigo aquí."]);
  await retryQueued(line.ctx, { messageId: message?.id ?? "" });
  await line.settle();
  assert.equal((await line.queue())[0]?.state, "sent");
  assert.equal(line.graph.ledger.received.length, 3);
});

Deno.test("a status that carries our id settles a send of unknown outcome, and the next one follows", async () => {
  await using line = await openLine();
  line.graph.forRecipient(ANA.phone, { do: "html", status: 502, delivered: true });
  await talkWithAna(line);
  const [message] = await line.queue();
  assert.equal(message?.state, "delivered");
  const { tries } = await getQueued(line.ctx, { messageId: message?.id ?? "" });
  assert.deepEqual(tries.map(({ outcome }) => outcome), ["accepted"]);
  assert.equal(line.graph.ledger.received.length, 1);
});

for (const spoil of ["hang", "close", "cut", "html", "malformed", "no_id"] as const) {
  Deno.test(`a Graph API that does "${spoil}" gets each message at most once and none is lost from sight`, async () => {
    await using line = await openLine();
    line.graph.statuses(STATUS_PLANS.never);
    line.graph.forRecipient(ANA.phone, { do: spoil });
    await talkWithAna(line);
    await line.pause(10 * MINUTE + 1);
    const [message] = await line.queue();
    assert.equal(message?.state, "held");
    assert.equal(line.graph.sends.length, 1);
  });
}

Deno.test("transient errors are tried again with growing gaps, five times, then the message failed", async () => {
  await using line = await openLine();
  line.graph.always({ do: "error", code: 131000, message: "Something went wrong" });
  await talkWithAna(line);
  for (let i = 0; i < 8; i++) await line.pause(3 * MINUTE);
  const [message] = await line.queue();
  assert.equal(message?.state, "failed");
  assert.equal(message?.state_reason, "retry_later (131000)");
  assert.equal(message?.attempts, 5);
});

Deno.test("a transient error is over after the next try", async () => {
  await using line = await openLine();
  line.graph.next({ do: "error", code: 131000, message: "Something went wrong" });
  await talkWithAna(line);
  assert.equal((await line.queue())[0]?.state, "retry");
  await line.pause(MINUTE);
  assert.equal((await line.queue())[0]?.state, "delivered");
  assert.equal(line.graph.ledger.received.length, 1);
});

Deno.test("an expired token pauses the number; what waits goes out when the account is mended", async () => {
  await using line = await openLine();
  line.graph.next({ do: "error", code: 190, message: "Session has expired" });
  await talkWithAna(line);
  const [waiting] = await line.queue();
  assert.equal(waiting?.state, "pending");
  assert.equal(waiting?.waiting_for?.reason, "auth (190)");
  const status = await line.h.request("GET", "/api/whatsapp/status", { token: line.token });
  assert.equal(status.body.data[0].state, "paused");
  const changed = await line.h.request("PATCH", `/api/channels/${line.accountId}`, {
    token: line.token,
    body: { secrets: { access_token: line.graph.account.accessToken } },
  });
  assert.equal(changed.status, 200);
  assert.equal(changed.body.secrets, undefined);
  await line.pause(MINUTE + 1);
  assert.equal((await line.queue())[0]?.state, "delivered");
});

for (
  const [code, state, reason] of [
    [131026, "failed", "recipient_unreachable (131026)"],
    [131050, "failed", "recipient_opted_out (131050)"],
    [131047, "held", "window_closed"],
    [100, "failed", "invalid_request (100)"],
    [999999, "failed", "unknown_code (999999)"],
  ] as const
) {
  Deno.test(`error ${code} leaves the message ${state} after one try`, async () => {
    await using line = await openLine();
    line.graph.next({ do: "error", code, message: "Refused" });
    await talkWithAna(line);
    const [message] = await line.queue();
    assert.deepEqual([message?.state, message?.state_reason, message?.attempts], [state, reason, 1]);
  });
}

Deno.test("a pair limit makes only this conversation wait, and says so", async () => {
  await using line = await openLine();
  line.graph.forRecipient(ANA.phone, { do: "error", code: 131056, message: "Pair rate limit" });
  await talkWithAna(line);
  const [waiting] = await line.queue();
  assert.equal(waiting?.waiting_for?.reason, "rate_limited_pair (131056)");
  line.graph.customer({ phone: "5215587654321", name: "Luis" }).says("¿A qué hora abren?");
  await line.settle();
  await line.pause();
  assert.equal(line.graph.ledger.of("5215587654321").length, 1);
  await line.pause(MINUTE);
  assert.equal(line.graph.ledger.of(ANA.phone).length, 1);
});

Deno.test("a cancelled and a foreign message can't be sent, and a processing one can't be cancelled", async () => {
  await using line = await openLine();
  line.graph.statuses(STATUS_PLANS.never);
  line.graph.next({ do: "close" });
  await talkWithAna(line);
  const [processing] = await line.queue();
  const path = `/api/queue/messages/${processing?.id}`;
  const refused = await line.h.request("POST", `${path}/cancel`, { token: line.token });
  assert.equal(refused.status, 409);
  const stranger = await line.h.person();
  assert.equal((await line.h.request("GET", path, { token: stranger.token })).status, 404);
  const later = await line.h.request("POST", "/api/queue/messages", {
    token: line.token,
    body: { to: ANA.phone, text: "Mañana", run_at: new Date(line.h.clock.now() + 5 * MINUTE).toISOString() },
  });
  assert.equal(later.status, 202);
  assert.equal(later.body.waiting_for.reason, "scheduled");
  const gone = await line.h.request("POST", `/api/queue/messages/${later.body.id}/cancel`, {
    token: line.token,
  });
  assert.equal(gone.body.state, "cancelled");
  await line.pause(15 * MINUTE);
  assert.equal(line.graph.ledger.received.length, 0);
});

Deno.test("a scheduled message goes out at its time and not before", async () => {
  await using line = await openLine();
  await talkWithAna(line);
  const answer = await line.h.request("POST", "/api/whatsapp/send", {
    token: line.token,
    body: {
      to: `+${ANA.phone}`,
      text: "Recordatorio",
      run_at: new Date(line.h.clock.now() + MINUTE).toISOString(),
    },
  });
  assert.equal(answer.status, 202);
  await line.pause(MINUTE - 1000);
  assert.equal(line.graph.ledger.received.length, 1);
  await line.pause(2000);
  assert.equal(line.graph.ledger.received.at(-1)?.text, "Recordatorio");
});

Deno.test("outside the window a reply is refused with the reason, and a template goes out", async () => {
  await using line = await openLine();
  await talkWithAna(line);
  line.h.clock.advance(25 * 60 * MINUTE);
  const conversationId = await conversationOf(line);
  await takeOver(line.ctx, { conversationId });
  const refused = await line.h.request("POST", `/api/conversations/${conversationId}/reply`, {
    token: line.token,
    body: { text: "¿Sigue ahí?" },
  });
  assert.equal(refused.status, 409);
  assert.equal(refused.body.reason, "window_closed");
  line.graph.addTemplate({ name: "order_ready" });
  const sent = await line.h.request("POST", "/api/whatsapp/send", {
    token: line.token,
    body: {
      to: ANA.phone,
      content: {
        type: "template",
        name: "order_ready",
        language: "es_MX",
        components: [{ type: "body", parameters: [{ type: "text", text: "Ana" }] }],
      },
    },
  });
  assert.equal(sent.status, 202);
  await line.settle();
  assert.equal(line.graph.ledger.received.at(-1)?.type, "template");
});

Deno.test("the account's window template carries a reply that comes too late", async () => {
  await using line = await openLine();
  await talkWithAna(line);
  line.graph.addTemplate({ name: "we_are_back" });
  const changed = await line.h.request("PATCH", `/api/channels/${line.accountId}`, {
    token: line.token,
    body: { settings: { window_template: { name: "we_are_back", language: "es_MX" } } },
  });
  assert.equal(changed.status, 200);
  line.h.clock.advance(25 * 60 * MINUTE);
  await reply(line.ctx, { conversationId: await conversationOf(line), text: "Ya tenemos\nsu pieza." });
  await line.settle();
  const last = line.graph.ledger.received.at(-1);
  assert.equal(last?.type, "template");
  assert.match(JSON.stringify(last?.body), /Ya tenemos su pieza\./);
});
