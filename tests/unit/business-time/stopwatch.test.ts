import assert from "node:assert/strict";
import fc from "fast-check";
import {
  businessTimeBetween,
  type Calendar,
  elapsedAt,
  pause,
  reaches,
  rebase,
  resume,
  type Stopwatch,
} from "../../../lib/business-time/mod.ts";

const MINUTE = 60_000;
const MONDAY = Date.UTC(2026, 0, 5);
const at = (time: string) => Date.parse(`2026-01-05T${time}:00Z`);
const DAY_SHIFT: Calendar = {
  timezone: "UTC",
  hours: { monday: [{ from: "09:00", to: "14:00" }, { from: "16:00", to: "20:00" }] },
  holidays: [],
};
const LATE: Calendar = {
  timezone: "UTC",
  hours: { monday: [{ from: "12:00", to: "22:00" }] },
  holidays: [],
};

Deno.test("a pause counts nothing, and pausing or resuming twice changes nothing", () => {
  let watch: Stopwatch = { elapsed: 0, since: at("09:00") };
  watch = pause(DAY_SHIFT, watch, at("10:00"));
  assert.deepEqual(pause(DAY_SHIFT, watch, at("12:00")), watch);
  assert.equal(reaches(DAY_SHIFT, watch, 90 * MINUTE), null);
  watch = resume(watch, at("13:00"));
  assert.deepEqual(resume(watch, at("13:30")), watch);
  assert.equal(elapsedAt(DAY_SHIFT, watch, at("16:30")), 150 * MINUTE);
  assert.equal(reaches(DAY_SHIFT, watch, 150 * MINUTE), at("16:30"));
});

Deno.test("a change of calendar keeps what has gone by and counts the rest by the new one", () => {
  const watch = rebase(DAY_SHIFT, { elapsed: 0, since: at("09:00") }, at("15:00"));
  assert.deepEqual(watch, { elapsed: 5 * 60 * MINUTE, since: at("15:00") });
  assert.equal(
    reaches(LATE, watch, 6 * 60 * MINUTE),
    at("16:00"),
    "15:00 to 16:00 is open in the new one only",
  );
  const paused = { elapsed: 1, since: null };
  assert.deepEqual(rebase(DAY_SHIFT, paused, at("15:00")), paused);
});

Deno.test("any run of pauses, resumptions and changes counts as the sum of its running parts", () => {
  const step = fc.record({
    minutes: fc.integer({ min: 0, max: 400 }),
    what: fc.constantFrom("pause", "resume", "change"),
  });
  fc.assert(fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
    let [now, calendar, running, sum]: [number, Calendar, boolean, number] = [MONDAY, DAY_SHIFT, true, 0];
    let watch: Stopwatch = { elapsed: 0, since: now };
    for (const { minutes, what } of steps) {
      const next = now + minutes * MINUTE;
      if (running) sum += businessTimeBetween(calendar, now, next);
      now = next;
      if (what === "change") {
        watch = rebase(calendar, watch, now);
        calendar = calendar === DAY_SHIFT ? LATE : DAY_SHIFT;
      } else {
        watch = what === "pause" ? pause(calendar, watch, now) : resume(watch, now);
        running = what === "resume";
      }
      assert.equal(elapsedAt(calendar, watch, now), sum);
    }
  }));
});
