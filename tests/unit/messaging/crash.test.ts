import assert from "node:assert/strict";
import { messageAttempts } from "../../../db/schema/messaging.ts";
import { messages } from "../../../db/schema/conversations.ts";
import { getQueued, sweepMessaging } from "../../../lib/messaging/mod.ts";
import { MINUTE } from "../../../lib/kernel/clock.ts";
import { newId } from "../../../lib/kernel/ids.ts";
import { eq } from "drizzle-orm";
import { ANA, type Line, openLine } from "./line.ts";

/** Ana asked, her answer is queued, and the process died in the middle of the try that the options describe. */
async function diedWhileSending(line: Line, { calledAt }: { calledAt: number | null }): Promise<string> {
  line.graph.customer(ANA).says("¿A qué hora abren?");
  await line.settle();
  line.graph.next({ do: "error", code: 131000, message: "Something went wrong" });
  await line.pause();
  const [queued] = await line.queue();
  const id = queued?.id ?? "";
  await line.h.system.transact(async (tx) => {
    await tx.db.update(messages).set({ state: "processing", nextTryAt: null }).where(eq(messages.id, id));
    await tx.db.insert(messageAttempts).values({
      id: newId("attempt"),
      workspaceId: line.workspaceId,
      messageId: id,
      number: 2,
      startedAt: tx.now(),
      calledAt,
    });
  });
  return id;
}

Deno.test("a message whose call may have gone out before a crash is not sent again but waits and is held", async () => {
  await using line = await openLine();
  const messageId = await diedWhileSending(line, { calledAt: line.h.clock.now() });
  const calls = line.graph.sends.length;
  await line.pause(MINUTE);
  const waiting = await getQueued(line.ctx, { messageId });
  assert.deepEqual([waiting.state, waiting.waiting_for?.reason], ["processing", "outcome_unknown"]);
  await line.pause(10 * MINUTE);
  const held = await getQueued(line.ctx, { messageId });
  assert.deepEqual([held.state, held.state_reason], ["held", "outcome_unknown"]);
  assert.equal(held.tries.at(-1)?.outcome, "unknown");
  assert.equal(line.graph.sends.length, calls);
});

Deno.test("a message whose call certainly did not begin before a crash is sent", async () => {
  await using line = await openLine();
  const messageId = await diedWhileSending(line, { calledAt: null });
  await line.pause(MINUTE);
  const sent = await getQueued(line.ctx, { messageId });
  assert.equal(sent.state, "delivered");
  assert.deepEqual(sent.tries.map(({ outcome }) => outcome), ["again", "not_begun", "accepted"]);
  assert.equal(line.graph.ledger.received.length, 1);
});

Deno.test("a message whose sender was lost is found by the sweep and goes out", async () => {
  await using line = await openLine();
  line.graph.customer(ANA).says("¿A qué hora abren?");
  await line.settle();
  line.graph.next({ do: "error", code: 131000, message: "Something went wrong" });
  await line.pause();
  await line.h.system.db.run("update jobs set state = 4 where name = 'message.send'");
  await line.pause(MINUTE);
  assert.equal((await line.queue())[0]?.state, "retry");
  line.h.clock.advance(20 * MINUTE);
  assert.equal((await sweepMessaging(line.h.system)).revived, 1);
  await line.settle();
  assert.equal((await line.queue())[0]?.state, "delivered");
});
