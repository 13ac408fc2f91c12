import assert from "node:assert/strict";
import fc from "fast-check";
import { decide, lookFor, MOST_WAITING, planDue } from "../../../lib/schedules/policy.ts";
import { dueTicks, nextTickOf, ticksAfter, type Timing, timingOf } from "../../../lib/schedules/timing.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../../../lib/kernel/clock.ts";
import { workSince } from "../../support/cpu.ts";

const NOW = Date.UTC(2026, 0, 5, 16);
const hourly: Timing = { kind: "cron", cron: "0 * * * *", zone: "UTC" };
const each = (everyMs: number): Timing => ({ kind: "interval", zone: "UTC", everyMs, startsAt: NOW });

Deno.test("a timing is refused with every path that is wrong", () => {
  const paths = (wanted: Parameters<typeof timingOf>[0]) => {
    try {
      timingOf(wanted, NOW);
      return [];
    } catch (error) {
      assert.ok(error instanceof Error && "errors" in error && Array.isArray(error.errors));
      return error.errors.map(({ path }: { path: string }) => path);
    }
  };
  assert.deepEqual(paths({}), ["cron"]);
  assert.deepEqual(paths({ cron: "0 0 * * *", at: NOW + 1 }), ["cron"]);
  assert.deepEqual(paths({ cron: "0 0 30 2 *" }), ["cron"]);
  assert.deepEqual(paths({ cron: "61 * * * *" }), ["cron"]);
  assert.deepEqual(paths({ cron: "2030-01-01T00:00:00" }), ["cron"]);
  assert.deepEqual(paths({ cron: "0 0 * * *", zone: "Mars/Olympus" }), ["zone"]);
  assert.deepEqual(paths({ at: NOW, zone: "x" }), ["zone", "at"]);
  assert.deepEqual(paths({ at: NOW + 367 * DAY }), ["at"]);
  assert.deepEqual(paths({ everyMs: 999 }), ["every_ms"]);
  assert.deepEqual(paths({ everyMs: 400 * DAY }), ["every_ms"]);
  assert.deepEqual(paths({ at: NOW + 365 * DAY }), []);
});

Deno.test("an interval counts from its start and never drifts; a one-off ticks once", () => {
  assert.deepEqual(ticksAfter(each(7000), NOW - 1, 3), [NOW, NOW + 7000, NOW + 14_000]);
  assert.equal(nextTickOf(each(7000), NOW + 7001), NOW + 14_000);
  assert.deepEqual(ticksAfter({ kind: "once", zone: "UTC", startsAt: NOW }, NOW - 5, 10), [NOW]);
});

Deno.test("of ticks that are due the last ones are found and all are counted, up to a thousand", () => {
  fc.assert(fc.property(
    fc.integer({ min: 1000, max: 90_000 }),
    fc.integer({ min: 0, max: 2 * HOUR }),
    fc.integer({ min: 1, max: 20 }),
    (everyMs, length, most) => {
      const { last, count } = dueTicks(each(everyMs), { first: NOW, until: NOW + length, most });
      const all = Math.floor(length / everyMs) + 1;
      const expected = Array.from({ length: all }, (_, n) => NOW + n * everyMs).slice(-most);
      assert.deepEqual(last, expected);
      assert.equal(count, Math.min(all, 1000));
    },
  ));
});

Deno.test("a year of ticks of each second is looked through in no time", () => {
  const worked = workSince();
  const { last, count } = dueTicks(
    { kind: "cron", cron: "* * * * * *", zone: "Europe/Madrid" },
    { first: NOW, until: NOW + 365 * DAY, most: 5 },
  );
  assert.deepEqual(last, [4, 3, 2, 1, 0].map((back) => NOW + 365 * DAY - back * SECOND));
  assert.equal(count, 1000);
  assert.ok(worked() < 2000);
});

Deno.test("the catch-up rule says which of the missed ticks are acted on", () => {
  const due = (catchUp: "none" | "last" | "all", late: number, limit = 3) => {
    const now = NOW + late;
    const { run, missed, nextAt } = planDue({ timing: hourly, nextAt: NOW, now, catchUp, limit });
    assert.ok(nextAt !== null && nextAt > now);
    return {
      run: run.map((at) => (at - NOW) / HOUR),
      missed: missed && [missed.count, (missed.lastAt - NOW) / HOUR],
    };
  };
  for (const rule of ["none", "last", "all"] as const) {
    assert.deepEqual(due(rule, 0), { run: [0], missed: null }, `${rule}, on time`);
    assert.deepEqual(due(rule, MINUTE), { run: [0], missed: null }, `${rule}, a minute late`);
  }
  const late = 5 * HOUR + 10 * MINUTE; // six ticks: 0 to 5
  assert.deepEqual(due("none", late), { run: [], missed: [6, 5] });
  assert.deepEqual(due("none", 5 * HOUR + 1000), { run: [5], missed: [5, 4] });
  assert.deepEqual(due("last", late), { run: [5], missed: [5, 4] });
  assert.deepEqual(due("all", late), { run: [3, 4, 5], missed: [3, 2] });
  assert.deepEqual(due("all", late, 50), { run: [0, 1, 2, 3, 4, 5], missed: null });
});

Deno.test("a one-off that nobody was there for is made up for, unless its rule is none", () => {
  const timing: Timing = { kind: "once", zone: "UTC", startsAt: NOW };
  const plan = (catchUp: "none" | "last") =>
    planDue({ timing, nextAt: NOW, now: NOW + DAY, catchUp, limit: 1 });
  assert.deepEqual(plan("last"), { run: [NOW], missed: null, nextAt: null });
  assert.deepEqual(plan("none"), { run: [], missed: { count: 1, lastAt: NOW }, nextAt: null });
});

Deno.test("the overlap rule says what a tick does while an earlier task has not ended", () => {
  const cases = [
    ["skip", 0, 0, "submit"],
    ["skip", 1, 0, "skip"],
    ["replace", 0, 0, "submit"],
    ["replace", 2, 0, "replace"],
    ["queue", 0, 0, "submit"],
    ["queue", 1, 0, "wait"],
    ["queue", 0, 1, "wait"],
    ["queue", 1, MOST_WAITING, "full"],
  ] as const;
  for (const [overlap, open, waiting, wanted] of cases) {
    assert.equal(decide({ overlap, open, waiting }), wanted, `${overlap} ${open} ${waiting}`);
  }
  assert.equal(lookFor({ nextAt: null, waiting: 0, now: NOW }), null);
  assert.equal(lookFor({ nextAt: NOW + HOUR, waiting: 1, now: NOW }), NOW + SECOND);
});
