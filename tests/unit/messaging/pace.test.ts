import assert from "node:assert/strict";
import { listConversations, reply } from "../../../lib/conversations/mod.ts";
import { changeChannel } from "../../../lib/messaging/mod.ts";
import { PACES } from "../../../lib/messaging/mod.ts";
import { createMemoryRateLimiter } from "../../../lib/adapters/rate-limit/memory.ts";
import { STATUS_PLANS } from "../../support/fakes/graph.ts";
import { type Line, openLine, talkWithAna } from "./line.ts";

/** As another process, or this one after a restart: it remembers nothing. */
function forget({ h }: Line): void {
  Object.assign(h.ports, { limiter: createMemoryRateLimiter(h.clock) });
}

Deno.test("a number sends no more a second than it may, whichever process sends", async () => {
  await using line = await openLine();
  line.graph.statuses(STATUS_PLANS.never);
  await changeChannel(line.ctx, { id: line.accountId, settings: { messages_per_second: 3 } });
  for (let n = 0; n < 8; n++) {
    line.graph.customer({ phone: `52155100000${n}`, name: `C${n}` }).says("¿A qué hora abren?");
  }
  await line.settle();
  await line.pause();
  const received = () => line.graph.ledger.received.length;
  assert.equal(received(), 3);
  const waiting = (await line.queue()).filter(({ state }) => state === "pending");
  assert.deepEqual(new Set(waiting.map((one) => one.waiting_for?.reason)), new Set(["number_pace"]));
  forget(line);
  await line.pause(999);
  assert.equal(received(), 3, "the window has not passed");
  await line.pause(1);
  assert.equal(received(), 6);
  forget(line);
  await line.pause(1001);
  assert.equal(received(), 8);
});

Deno.test("a customer gets a burst, then no more than the pace of the pair, also after a restart", async () => {
  await using line = await openLine();
  line.graph.statuses(STATUS_PLANS.never);
  await talkWithAna(line);
  const [conversation] = (await listConversations(line.ctx, { limit: 1 })).data;
  const conversationId = conversation?.id ?? "";
  const { limit, windowMs } = PACES.pair;
  for (let n = 1; n < limit + 3; n++) await reply(line.ctx, { conversationId, text: `${n}` });
  await line.settle();
  assert.equal(line.graph.ledger.received.length, limit);
  const stuck = (await line.queue()).find(({ state }) => state === "pending");
  assert.equal(stuck?.waiting_for?.reason, "pair_pace");
  forget(line);
  await line.pause(windowMs - 5000);
  assert.equal(line.graph.ledger.received.length, limit);
  await line.pause(5000);
  assert.equal(line.graph.ledger.received.length, limit + 3);
});
