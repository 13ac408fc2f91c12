import assert from "node:assert/strict";
import { setBusiness } from "../../../lib/conversations/mod.ts";
import {
  changePolicy,
  changePriority,
  createCalendar,
  createPolicy,
  pauseClocks,
  reopenClocks,
  restartNextResponse,
  resumeClocks,
  satisfyClock,
  startClocks,
  stopClocks,
  tickClock,
  updateCalendar,
} from "../../../lib/sla/mod.ts";
import { harness } from "../../support/harness.ts";
import { slaHandlers } from "../../../workers/handlers/sla.ts";
import { work } from "../conversations/talk.ts";
import { MINUTE, openPromises, START, TICKET } from "./promises.ts";

const NORMAL = { ticketId: TICKET, priority: "normal", policyId: null } as const;
const at = (minutes: number) => START + minutes * MINUTE;

Deno.test("startClocks promises a first response and a resolution by the default policy", async () => {
  await using h = await harness();
  const sla = await openPromises(h, await h.person());
  const state = await sla.in((tx) => startClocks(tx, NORMAL));
  assert.deepEqual(state, { policyId: sla.policyId, dueAt: at(60) });
  const [first, resolution] = await sla.clocks();
  assert.deepEqual([first?.kind, first?.state, first?.warnAt, first?.dueAt], [
    "first_response",
    "running",
    at(48),
    at(60),
  ]);
  assert.deepEqual([resolution?.kind, resolution?.dueAt], ["resolution", at(480)]);
});

Deno.test("without a policy nothing is promised, and a policy of nowhere is refused with 422", async () => {
  await using h = await harness();
  const sla = await openPromises(h, await h.person(), { default: false });
  const other = await openPromises(h, await h.person());
  assert.deepEqual(await sla.in((tx) => startClocks(tx, NORMAL)), { policyId: null, dueAt: null });
  await assert.rejects(
    sla.in((tx) => startClocks(tx, { ...NORMAL, policyId: other.policyId })),
    { code: "validation_failed" },
  );
});

Deno.test("a clock warns and breaks at its times, and each is told once however often the timer comes", async () => {
  await using h = await harness();
  const person = await h.person();
  const sla = await openPromises(h, person);
  await sla.in((tx) => startClocks(tx, NORMAL));
  await sla.pass(47);
  assert.deepEqual(await sla.told(), []);
  await sla.pass(1);
  assert.deepEqual(await sla.told(), ["sla.warned first_response"]);
  await sla.pass(12);
  assert.deepEqual(await sla.told(), ["sla.warned first_response", "sla.breached first_response"]);
  const { id, state, breachedAt } = await sla.clock("first_response");
  assert.deepEqual([state, breachedAt], ["breached", at(60)]);
  for (let again = 0; again < 3; again++) {
    await tickClock(h.system.as({ workspaceId: person.workspaceId }), { clockId: id });
  }
  assert.equal((await sla.told()).length, 2);
});

Deno.test("a timer that comes late, after an outage, breaks the promise at the time at which it was due", async () => {
  await using h = await harness();
  const sla = await openPromises(h, await h.person());
  await sla.in((tx) => startClocks(tx, NORMAL));
  h.clock.advance(600 * MINUTE);
  const done = await work(h, slaHandlers);
  assert.ok(done.every(({ result }) => result.kind === "done"));
  assert.deepEqual(await sla.told(), ["sla.breached first_response", "sla.breached resolution"]);
  assert.equal((await sla.clock("resolution")).breachedAt, at(480));
});

Deno.test("an answer before the due time meets the promise, at that instant or later it is late", async () => {
  for (const [ms, state] of [[60 * MINUTE - 1, "met"], [60 * MINUTE, "breached"]] as const) {
    await using h = await harness();
    const sla = await openPromises(h, await h.person());
    await sla.in((tx) => startClocks(tx, NORMAL));
    h.clock.advance(ms);
    const due = await sla.in((tx) => satisfyClock(tx, { ticketId: TICKET, clock: "first_response" }));
    const clock = await sla.clock("first_response");
    assert.deepEqual([clock.state, clock.endedAt, clock.elapsedMs], [state, START + ms, ms]);
    assert.equal(due, at(480), "the resolution is next");
    assert.deepEqual(await sla.told(), [`sla.${state} first_response`]);
    await sla.pass(30);
    assert.equal((await sla.told()).length, 1, "the timers of a clock that is over do nothing");
  }
});

Deno.test("a pause counts nothing and moves the due time; timers of before it find nothing to do", async () => {
  await using h = await harness();
  const sla = await openPromises(h, await h.person());
  await sla.in((tx) => startClocks(tx, NORMAL));
  await sla.pass(30);
  assert.equal(await sla.in((tx) => pauseClocks(tx, { ticketId: TICKET })), null);
  await sla.pass(100);
  assert.deepEqual(await sla.told(), []);
  assert.equal((await sla.clock("first_response")).state, "paused");
  assert.equal(await sla.in((tx) => resumeClocks(tx, { ticketId: TICKET })), at(160));
  await sla.pass(30);
  assert.deepEqual(await sla.told(), ["sla.warned first_response", "sla.breached first_response"]);
  assert.equal((await sla.clock("first_response")).breachedAt, at(160));
});

Deno.test("another priority keeps the time that went by, and a target that is spent breaks at once", async () => {
  await using h = await harness();
  const sla = await openPromises(h, await h.person());
  await sla.in((tx) => startClocks(tx, NORMAL));
  await sla.pass(20);
  assert.equal(
    await sla.in((tx) => changePriority(tx, { ticketId: TICKET, priority: "low" })),
    at(240),
    "low promises no resolution, so the first response is what is due",
  );
  await sla.pass(10);
  await sla.in((tx) => changePriority(tx, { ticketId: TICKET, priority: "urgent" }));
  const first = await sla.clock("first_response");
  assert.deepEqual([first.state, first.breachedAt, first.elapsedMs], ["breached", at(30), 30 * MINUTE]);
  assert.equal((await sla.clock("resolution")).dueAt, at(120));
  await sla.in((tx) => changePriority(tx, { ticketId: TICKET, priority: "normal" }));
  const back = await sla.clock("first_response");
  assert.deepEqual([back.state, back.breachedAt, back.dueAt], ["running", null, at(60)]);
});

Deno.test("another policy keeps the time that went by, its calendar counts the rest", async () => {
  await using h = await harness();
  const person = await h.person();
  const sla = await openPromises(h, person);
  const mornings = await createCalendar(person.ctx, {
    name: "Mañanas",
    timezone: "UTC",
    hours: { tuesday: [{ from: "08:00", to: "12:00" }] },
  });
  const { id } = await createPolicy(person.ctx, {
    name: "Plata",
    calendar_id: mornings.id,
    targets: { first_response: { normal: 90 } },
  });
  await sla.in((tx) => startClocks(tx, NORMAL));
  await sla.pass(30);
  const state = await sla.in((tx) => changePolicy(tx, { ...NORMAL, policyId: id, answered: false }));
  assert.deepEqual(state, { policyId: id, dueAt: Date.UTC(2026, 0, 6, 9, 0) });
});

Deno.test("a calendar that changes while a clock runs counts by each of its hours in their time", async () => {
  await using h = await harness();
  const person = await h.person();
  const calendar = await createCalendar(person.ctx, {
    name: "Turno",
    timezone: "UTC",
    hours: { monday: [{ from: "16:00", to: "17:00" }], tuesday: [{ from: "08:00", to: "20:00" }] },
  });
  const sla = await openPromises(h, person, { counts: "business", calendar_id: calendar.id });
  await sla.in((tx) => startClocks(tx, NORMAL));
  assert.equal((await sla.clock("resolution")).dueAt, Date.UTC(2026, 0, 6, 15, 0));
  await sla.pass(20);
  await updateCalendar(person.ctx, {
    id: calendar.id,
    hours: { monday: [{ from: "18:00", to: "23:00" }], tuesday: [{ from: "12:00", to: "20:00" }] },
  });
  await work(h, slaHandlers);
  const first = await sla.clock("first_response");
  assert.deepEqual([first.elapsedMs, first.dueAt], [20 * MINUTE, Date.UTC(2026, 0, 5, 18, 40)]);
  assert.equal((await sla.clock("resolution")).dueAt, Date.UTC(2026, 0, 6, 14, 40));
  assert.deepEqual(await sla.told(), ["sla.due_changed first_response", "sla.due_changed resolution"]);
});

Deno.test("clocks follow the business's own hours when these change, from the time of the change on", async () => {
  await using h = await harness();
  const person = await h.person();
  const hours = { monday: [{ from: "09:00", to: "18:00" }], tuesday: [{ from: "09:00", to: "18:00" }] };
  await setBusiness(person.ctx, { timezone: "UTC", hours });
  const sla = await openPromises(h, person, { counts: "business" });
  await sla.in((tx) => startClocks(tx, NORMAL));
  assert.equal((await sla.clock("resolution")).dueAt, Date.UTC(2026, 0, 6, 15, 0));
  await sla.pass(30);
  await setBusiness(person.ctx, { holidays: [{ date: "2026-01-05" }] });
  h.clock.advance(10 * MINUTE);
  await work(h, slaHandlers);
  const first = await sla.clock("first_response");
  assert.deepEqual([first.elapsedMs, first.dueAt], [30 * MINUTE, Date.UTC(2026, 0, 6, 9, 30)]);
});

Deno.test("a next response is promised from the first word that waits, once the first response was given", async () => {
  await using h = await harness();
  const sla = await openPromises(h, await h.person());
  await sla.in((tx) => startClocks(tx, NORMAL));
  await sla.in((tx) => restartNextResponse(tx, { ticketId: TICKET }));
  assert.equal((await sla.clocks()).length, 2, "the first response is owed still");
  await sla.pass(10);
  await sla.in((tx) => satisfyClock(tx, { ticketId: TICKET, clock: "first_response" }));
  assert.equal(await sla.in((tx) => restartNextResponse(tx, { ticketId: TICKET })), at(40));
  await sla.pass(5);
  assert.equal(await sla.in((tx) => restartNextResponse(tx, { ticketId: TICKET })), at(40), "not begun anew");
  await sla.in((tx) => satisfyClock(tx, { ticketId: TICKET, clock: "next_response" }));
  await sla.in((tx) => restartNextResponse(tx, { ticketId: TICKET }));
  const kinds = (await sla.clocks()).map(({ kind, state }) => `${kind} ${state}`);
  assert.deepEqual(kinds.slice(2), ["next_response met", "next_response running"]);
});

Deno.test("stopClocks ends what is open, and reopenClocks lets the resolution go on from where it was met", async () => {
  await using h = await harness();
  const sla = await openPromises(h, await h.person());
  await sla.in((tx) => startClocks(tx, NORMAL));
  await sla.pass(40);
  await sla.in((tx) => satisfyClock(tx, { ticketId: TICKET, clock: "resolution" }));
  assert.equal(await sla.in((tx) => stopClocks(tx, { ticketId: TICKET })), null);
  assert.deepEqual((await sla.clocks()).map(({ state }) => state), ["stopped", "met"]);
  await sla.pass(100);
  assert.equal(
    await sla.in((tx) => reopenClocks(tx, { ...NORMAL, policyId: sla.policyId, answered: false })),
    at(140 + 440),
  );
  assert.equal((await sla.clock("resolution")).state, "running");
  assert.deepEqual(await sla.told(), ["sla.met resolution", "sla.taken_back resolution"]);
});

Deno.test("clocks of another workspace are neither seen nor moved", async () => {
  await using h = await harness();
  const ours = await openPromises(h, await h.person());
  const theirs = await openPromises(h, await h.person());
  await ours.in((tx) => startClocks(tx, NORMAL));
  await theirs.in((tx) => stopClocks(tx, { ticketId: TICKET }));
  const { policyId } = ours;
  await theirs.in((tx) => reopenClocks(tx, { ...NORMAL, policyId, answered: false }));
  assert.deepEqual(await theirs.clocks(), []);
  assert.deepEqual((await ours.clocks()).map(({ state }) => state), ["running", "running"]);
});

Deno.test("a promise that was moved warns anew, at once when its new time is nearly spent", async () => {
  await using h = await harness();
  const sla = await openPromises(h, await h.person(), {
    targets: { first_response: { normal: 60, high: 55, low: 240 } },
  });
  await sla.in((tx) => startClocks(tx, NORMAL));
  await sla.pass(50);
  await sla.in((tx) => changePriority(tx, { ticketId: TICKET, priority: "high" }));
  assert.deepEqual(await sla.told(), [
    "sla.warned first_response",
    "sla.taken_back first_response",
    "sla.warned first_response",
  ]);
  await sla.in((tx) => changePriority(tx, { ticketId: TICKET, priority: "low" }));
  await sla.pass(141);
  const warnings = async () => (await sla.told()).filter((said) => said.startsWith("sla.warned")).length;
  assert.equal(await warnings(), 2);
  await sla.pass(1);
  assert.equal(await warnings(), 3);
});
