import assert from "node:assert/strict";
import { consumeEvents, deleteEvents, emit, latestSeq, readEvents } from "../../../lib/events/mod.ts";
import { audit, listAudit } from "../../../lib/audit/mod.ts";
import { systemActor } from "../../../lib/kernel/actors.ts";
import { DAY } from "../../../lib/kernel/clock.ts";
import type { LiveEvent, LivePulse } from "../../../lib/ports/live.ts";
import { openWork, type Work, WORKSPACE } from "../../support/work.ts";

const say = (work: Work, subjectId: string, more: { type?: string; conversationId?: string } = {}) =>
  work.ctx.transact((tx) => emit(tx, { type: "test.said", subjectId, ...more }));
const subjects = (events: readonly LiveEvent[]) => events.map(({ subjectId }) => subjectId);

Deno.test("an event is told live only after its commit, as the log has it but for its number", async () => {
  await using work = await openWork();
  const heard: (LivePulse | null)[] = [];
  work.live.subscribe(WORKSPACE, (event) => heard.push(event));
  await work.ctx.transact(async (tx) => {
    await emit(tx, { type: "test.said", subjectId: "a", data: { text: "hello" }, conversationId: "cnv_1" });
    assert.deepEqual(heard, []);
  });
  const [{ seq, ...logged } = { seq: 0 }] = await readEvents(work.ctx, { after: 0, limit: 10 });
  assert.deepEqual(heard, [logged]);
  assert.equal(seq, await latestSeq(work.ctx));
});

Deno.test("an event of a transaction that rolled back was never there", async () => {
  await using work = await openWork();
  const heard: unknown[] = [];
  work.live.subscribe(WORKSPACE, (event) => heard.push(event));
  await assert.rejects(work.ctx.transact(async (tx) => {
    await emit(tx, { type: "test.said", subjectId: "a" });
    throw new Error("no");
  }));
  assert.deepEqual([heard, await readEvents(work.ctx, { after: 0, limit: 10 })], [[], []]);
});

Deno.test("a reader that follows the log by number misses nothing, also under concurrent writers", async () => {
  await using work = await openWork();
  const read: LiveEvent[] = [];
  let writing = true;
  const reader = (async () => {
    for (let last = false; !last;) {
      last = !writing;
      const more = await readEvents(work.ctx, { after: read.at(-1)?.seq ?? 0, limit: 7 });
      read.push(...more);
      if (more.length > 0) last = false;
      await new Promise((resolve) => setImmediate(resolve));
    }
  })();
  await Promise.all(Array.from({ length: 60 }, (_, n) => say(work, String(n))));
  writing = false;
  await reader;
  assert.equal(read.length, 60);
  assert.equal(new Set(subjects(read)).size, 60);
});

Deno.test("events are read by conversation and by type, and never those of another workspace", async () => {
  await using work = await openWork();
  await say(work, "a", { conversationId: "cnv_1" });
  await say(work, "b", { conversationId: "cnv_2" });
  await say(work, "c", { conversationId: "cnv_1", type: "test.other" });
  const read = async (filter: Record<string, unknown>) =>
    subjects(await readEvents(work.ctx, { after: 0, limit: 10, ...filter }));
  assert.deepEqual(await read({ conversationId: "cnv_1" }), ["a", "c"]);
  assert.deepEqual(await read({ types: ["test.said"] }), ["a", "b"]);
  assert.deepEqual(await read({ types: ["test.said"], conversationId: "cnv_1" }), ["a"]);
  const stranger = work.system.as({ workspaceId: "wsp_other" });
  assert.deepEqual(await readEvents(stranger, { after: 0, limit: 10, conversationId: "cnv_1" }), []);
  assert.equal(await latestSeq(stranger), 0);
});

Deno.test("a visitor reads one conversation, never the workspace's log", async () => {
  await using work = await openWork();
  await say(work, "a", { conversationId: "cnv_1" });
  const scopes = new Set(["chat:visit"] as const);
  const visitor = work.ctx.as({ actor: { kind: "visitor", id: "con_1", channelAccountId: "cha_1", scopes } });
  assert.deepEqual(subjects(await readEvents(visitor, { after: 0, limit: 10, conversationId: "cnv_1" })), [
    "a",
  ]);
  await assert.rejects(readEvents(visitor, { after: 0, limit: 10 }), { code: "forbidden" });
});

Deno.test("a durable consumer handles every event once, in order, in the event's workspace", async () => {
  await using work = await openWork();
  for (const subject of ["a", "b", "c"]) await say(work, subject);
  const handled: string[] = [];
  const turn = () =>
    consumeEvents(work.system, {
      consumer: "test",
      limit: 2,
      handle: (tx, event) => Promise.resolve(void handled.push(`${tx.workspaceId}:${event.subjectId}`)),
    });
  assert.deepEqual([await turn(), await turn(), await turn()], [2, 1, 0]);
  await say(work, "d");
  assert.equal(await turn(), 1);
  assert.deepEqual(handled, ["a", "b", "c", "d"].map((subject) => `${WORKSPACE}:${subject}`));
});

Deno.test("a consumer that fails keeps its place, and nothing of its turn is written", async () => {
  await using work = await openWork();
  await say(work, "a");
  let fails = true;
  const turn = () =>
    consumeEvents(work.system, {
      consumer: "test",
      limit: 10,
      handle: async (tx, event) => {
        await audit(tx, { action: "test.handle", subjectId: event.subjectId });
        if (fails) throw new Error("mail server down");
      },
    });
  await assert.rejects(turn(), /mail server down/);
  assert.deepEqual((await listAudit(work.ctx, { limit: 10 })).data, []);
  fails = false;
  assert.equal(await turn(), 1);
  assert.equal((await listAudit(work.ctx, { limit: 10 })).data.length, 1);
});

Deno.test("two instances of one consumer share the work: each event counts once", async () => {
  await using work = await openWork();
  for (let n = 0; n < 20; n++) await say(work, String(n));
  const handle = async (tx: Parameters<typeof audit>[0], event: LiveEvent) =>
    await audit(tx, { action: "test.handle", subjectId: event.subjectId });
  for (let turn = 0; turn < 10; turn++) {
    await Promise.all(
      [1, 2, 3].map(() => consumeEvents(work.system, { consumer: "test", limit: 3, handle })),
    );
  }
  const { data } = await listAudit(work.ctx, { limit: 100 });
  assert.equal(data.length, 20);
  assert.equal(new Set(data.map(({ subjectId }) => subjectId)).size, 20);
});

Deno.test("old events go, those that a living consumer has not read stay", async () => {
  await using work = await openWork();
  for (const subject of ["a", "b", "c"]) await say(work, subject);
  work.clock.advance(100 * DAY);
  await consumeEvents(work.system, { consumer: "slow", limit: 2, handle: () => Promise.resolve() });
  const before = work.clock.now() - 90 * DAY;
  assert.equal(await work.system.transact((tx) => deleteEvents(tx, { before, limit: 100 })), 2);
  assert.deepEqual(subjects(await readEvents(work.ctx, { after: 0, limit: 10 })), ["c"]);
});

Deno.test("an audit entry says who, what and from where, without secrets, and goes with its transaction", async () => {
  await using work = await openWork();
  await work.ctx.transact((tx) =>
    audit(tx, { action: "user.change", subjectId: "usr_1", detail: { password: "hunter22", name: "Ana" } })
  );
  await assert.rejects(work.ctx.transact(async (tx) => {
    await audit(tx, { action: "user.delete", subjectId: "usr_1" });
    throw new Error("no");
  }));
  const { data } = await listAudit(work.ctx, { limit: 10 });
  assert.deepEqual(
    data.map(({ action, actorId, subjectId, detail, requestId }) => ({
      action,
      actorId,
      subjectId,
      detail,
      requestId,
    })),
    [{
      action: "user.change",
      actorId: "system:test",
      subjectId: "usr_1",
      detail: { password: "[redacted]", name: "Ana" },
      requestId: work.ctx.requestId,
    }],
  );
});

Deno.test("the audit log is read newest first, page by page, by those who may, of their own workspace", async () => {
  await using work = await openWork();
  for (const action of ["a.one", "a.two", "a.three"]) await work.ctx.transact((tx) => audit(tx, { action }));
  await work.system.transact((tx) => audit(tx, { action: "platform.thing" }));
  const first = await listAudit(work.ctx, { limit: 2 });
  const second = await listAudit(work.ctx, { limit: 2, cursor: first.next_cursor ?? "" });
  assert.deepEqual([...first.data, ...second.data].map(({ action }) => action), [
    "a.three",
    "a.two",
    "a.one",
  ]);
  const operator = work.ctx.as({ actor: { ...systemActor("x"), scopes: new Set(["events:read"] as const) } });
  await assert.rejects(listAudit(operator, { limit: 2 }), { code: "forbidden" });
  assert.deepEqual(
    (await listAudit(work.system, { limit: 5, platform: true })).data.map(({ action }) => action),
    [
      "platform.thing",
    ],
  );
});
