import assert from "node:assert/strict";
import { emit } from "../../../lib/events/mod.ts";
import { cursorFor, followEvents } from "../../../lib/live/mod.ts";
import type { LiveBus } from "../../../lib/ports/live.ts";
import { openWork, type Work } from "../../support/work.ts";

async function happen(work: Work, count: number, conversationId: string | null = null): Promise<void> {
  await work.ctx.transact(async (tx) => {
    for (let i = 0; i < count; i++) {
      await emit(tx, { type: "test.happened", subjectId: `s${i}`, conversationId });
    }
  });
}

const never = { isOpening: () => false, isClosing: () => false };

Deno.test("followEvents gives batches of a hundred, and leaves no listener behind when it ends", async () => {
  await using work = await openWork();
  const stop = new AbortController();
  const events = followEvents(work.ctx, { after: 0, signal: stop.signal });
  await happen(work, 350);
  const sizes: number[] = [];
  while (sizes.length < 4) sizes.push((await events.next()).value?.length ?? 0);
  assert.deepEqual(sizes, [100, 100, 100, 50]);
  stop.abort();
  assert.equal((await events.next()).done, true);
  assert.equal(work.live.subscribers, 0, "the end of a reader leaves no listener behind");
});

Deno.test("followEvents gives an empty batch after a silence and goes on", async () => {
  await using work = await openWork();
  const stop = new AbortController();
  const events = followEvents(work.ctx, { after: 0, signal: stop.signal, beatMs: 1 });
  assert.deepEqual((await events.next()).value, []);
  await happen(work, 1);
  let batch = (await events.next()).value ?? [];
  while (batch.length === 0) batch = (await events.next()).value ?? [];
  assert.equal(batch.length, 1);
  await events.return();
});

Deno.test("followEvents finds what was committed elsewhere, when a pulse names no event and when it is lost", async () => {
  const lost: LiveBus = {
    pulse: () => {},
    subscribe: () => () => {},
    onPulse: () => () => {},
    subscribers: 0,
  };
  for (const live of [undefined, lost]) {
    await using work = await openWork(() => live === undefined ? {} : { live });
    const stop = new AbortController();
    const events = followEvents(work.ctx, {
      after: 0,
      signal: stop.signal,
      beatMs: live === undefined ? 60_000 : 1,
    });
    const reading = events.next();
    await happen(work, 1);
    if (live === undefined) work.live.pulse(null);
    let batch = (await reading).value ?? [];
    while (batch.length === 0) batch = (await events.next()).value ?? [];
    assert.equal(batch.length, 1);
    await events.return();
  }
});

Deno.test("followEvents of one conversation sleeps through the others", async () => {
  await using work = await openWork();
  const stop = new AbortController();
  let looked = 0;
  const find = () => {
    looked++;
    return Promise.resolve(null);
  };
  const events = followEvents(work.ctx, { after: 0, signal: stop.signal, conversation: { ...never, find } });
  const reading = events.next();
  await happen(work, 50, "cnv_other");
  stop.abort();
  assert.equal((await reading).done, true);
  assert.equal(looked, 1, "a reader without a conversation is not woken by those of others");
});

Deno.test("cursorFor begins now for a number that the log has not reached", async () => {
  await using work = await openWork();
  await happen(work, 3);
  assert.equal(await cursorFor(work.ctx, null), 3);
  assert.equal(await cursorFor(work.ctx, 1), 1);
  assert.equal(await cursorFor(work.ctx, 999), 3);
});

Deno.test("followEvents keeps its beat while pulses ring that bring nothing", async () => {
  await using work = await openWork();
  const stop = new AbortController();
  const events = followEvents(work.ctx, { after: 0, signal: stop.signal, beatMs: 40 });
  const ringing = setInterval(() => work.live.pulse(null), 5);
  try {
    assert.deepEqual((await events.next()).value, []);
  } finally {
    clearInterval(ringing);
  }
  await events.return();
});
