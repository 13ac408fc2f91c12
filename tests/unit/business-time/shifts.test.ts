import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type Calendar,
  isOpen,
  isOpenNow,
  nextShiftStart,
  openBetween,
} from "../../../lib/business-time/mod.ts";
import { DAY, HOUR, MINUTE } from "../../../lib/kernel/clock.ts";

/** The Friday before clocks go forward in Madrid. */
const START = Date.UTC(2026, 2, 27);

const time = fc.integer({ min: 0, max: 47 }).map((half) =>
  `${String(Math.floor(half / 2)).padStart(2, "0")}:${half % 2 === 0 ? "00" : "30"}`
);
const day = fc.array(fc.record({ from: time, to: time }).filter(({ from, to }) => from !== to), {
  maxLength: 3,
});
const calendar: fc.Arbitrary<Calendar> = fc.record({
  timezone: fc.constantFrom("UTC", "Europe/Madrid", "America/Monterrey", "Asia/Kolkata"),
  hours: fc.option(fc.record({ friday: day, saturday: day, sunday: day, monday: day }), { freq: 6 }),
  holidays: fc.constantFrom([], [{ date: "2026-03-28" }, {
    date: "2026-03-30",
    hours: [{ from: "10:00", to: "12:00" }],
  }]),
});
const instant = fc.nat(5 * 24 * 60).map((minute) => START + minute * MINUTE);

Deno.test("isOpenNow says what isOpen says, in whatever order it is asked", () => {
  fc.assert(fc.property(calendar, fc.array(instant, { minLength: 1, maxLength: 40 }), (given, instants) => {
    for (const at of instants) {
      assert.equal(isOpenNow(given, at), isOpen(given, at), new Date(at).toISOString());
    }
  }));
});

Deno.test("openBetween covers exactly the open minutes, in stretches that don't touch", () => {
  fc.assert(
    fc.property(calendar, instant, fc.integer({ min: 1, max: 30 }), (given, start, hours) => {
      const end = start + hours * HOUR;
      const spans = openBetween(given, { start, end });
      for (let at = start; at < end; at += 5 * MINUTE) {
        const inside = spans.some((span) => span.start <= at && at < span.end);
        assert.equal(inside, isOpen(given, at), new Date(at).toISOString());
      }
      assert.ok(
        spans.every((span, i) => span.start < span.end && (i === 0 || (spans[i - 1]?.end ?? 0) < span.start)),
      );
    }),
    { numRuns: 60 },
  );
});

Deno.test("nextShiftStart is the first moment at which it opens after having been closed", () => {
  fc.assert(
    fc.property(calendar, instant, (given, after) => {
      const next = nextShiftStart(given, after);
      const until = after + 8 * DAY;
      let expected: number | null = null;
      for (let at = after + MINUTE; at < until && expected === null; at += MINUTE) {
        if (isOpen(given, at) && !isOpen(given, at - MINUTE)) expected = at;
      }
      if (expected !== null) assert.equal(next, expected);
      else assert.ok(next === null || next >= until);
    }),
    { numRuns: 40 },
  );
});
