import assert from "node:assert/strict";
import fc from "fast-check";
import { isOpen, localTime } from "../../../lib/business-time/mod.ts";
import { DAY, HOUR, MINUTE } from "../../../lib/kernel/clock.ts";
import {
  type Agenda,
  clashOf,
  freeStarts,
  type Place,
  requireTransition,
  travelMs,
} from "../../../lib/visits/policy.ts";

/** The Sunday on which clocks go forward in Madrid, at midnight UTC. */
const START = Date.UTC(2026, 2, 29);

const time = fc.integer({ min: 0, max: 47 }).map((half) =>
  `${String(Math.floor(half / 2)).padStart(2, "0")}:${half % 2 === 0 ? "00" : "30"}`
);
const shift = fc.record({ from: time, to: time }).filter(({ from, to }) => from !== to);
const day = fc.array(shift, { maxLength: 2 });
const calendar = fc.record({
  timezone: fc.constantFrom("UTC", "Europe/Madrid", "America/Monterrey", "Asia/Kolkata", "Asia/Kathmandu"),
  hours: fc.option(fc.record({ saturday: day, sunday: day, monday: day }), { freq: 4 }),
  holidays: fc.constantFrom([], [{ date: "2026-03-30" }]),
});
const holidays = fc.record({
  timezone: fc.constantFrom("UTC", "America/Monterrey"),
  hours: fc.constant(null),
  holidays: fc.constantFrom([{ date: "2026-03-29" }], [{
    date: "2026-03-30",
    hours: [{ from: "10:00", to: "15:00" }],
  }]),
});
const PLACES: readonly Place[] = [
  { siteId: null, latitude: null, longitude: null },
  { siteId: "sit_a", latitude: 25.67, longitude: -100.31 },
  { siteId: "sit_b", latitude: 25.75, longitude: -100.2 },
];
const place = fc.constantFrom(...PLACES);
const standing = fc.record({
  id: fc.uuid(),
  begins: fc.nat(60),
  length: fc.integer({ min: 1, max: 12 }),
  place,
}).map(({ id, begins, length, place }) => ({
  id,
  start: START + begins * 30 * MINUTE,
  end: START + (begins + length) * 30 * MINUTE,
  place,
}));
const agenda: fc.Arbitrary<Agenda> = fc.record({
  shifts: calendar,
  site: fc.option(calendar, { freq: 2 }),
  holidays: fc.option(holidays, { freq: 2 }),
  standing: fc.array(standing, { maxLength: 4 }),
  elsewhere: fc.array(standing, { maxLength: 2 }).map((all) => all.toSorted((a, b) => a.start - b.start)),
  place,
  travel: fc.record({ travel_minutes: fc.constantFrom(0, 15, 30), speed_kmh: fc.constantFrom(null, 30) }),
});

/** Minute by minute, by nothing but what a person would check. */
function isFree(
  { shifts, site, holidays, standing, elsewhere, place, travel }: Agenda,
  start: number,
  end: number,
): boolean {
  for (let at = start; at < end; at += MINUTE) {
    if ([shifts, site, holidays].some((one) => one !== null && !isOpen(one, at))) return false;
  }
  if (elsewhere.some((one) => one.start < end && start < one.end)) return false;
  return standing.every((one) => {
    const way = travelMs(one.place, place, travel);
    return start >= one.end + way || end + way <= one.start;
  });
}

Deno.test("freeStarts gives exactly the times at which a minute-by-minute look finds nothing in the way, summer time included", () => {
  const asked = fc.record({
    agenda,
    offset: fc.nat(600),
    hours: fc.integer({ min: 1, max: 30 }),
    minutes: fc.constantFrom(30, 45, 60, 90),
    step: fc.constantFrom(15, 30, 60),
  });
  fc.assert(
    fc.property(asked, ({ agenda, offset, hours, minutes, step }) => {
      const start = START + offset * MINUTE;
      const end = start + hours * HOUR;
      const [durationMs, stepMs] = [minutes * MINUTE, step * MINUTE];
      const expected: number[] = [];
      for (let at = start; at < end; at += MINUTE) {
        const onTheClock = localTime(agenda.shifts.timezone, at).minutes % step === 0;
        if (onTheClock && isFree(agenda, at, at + durationMs)) expected.push(at);
      }
      assert.deepEqual(freeStarts(agenda, { start, end, durationMs, stepMs, limit: 1000 }), expected);
    }),
    { numRuns: 150 },
  );
});

Deno.test("clashOf says nothing exactly where the minute-by-minute look finds nothing, and names a visit that is there", () => {
  fc.assert(
    fc.property(agenda, fc.nat(90), (agenda, half) => {
      const span = { start: START + half * 30 * MINUTE, end: START + (half + 2) * 30 * MINUTE };
      const clash = clashOf(span, agenda);
      assert.equal(clash === null, isFree(agenda, span.start, span.end));
      if (clash !== null && clash.visitId !== null) {
        assert.ok(agenda.standing.some(({ id }) => id === clash.visitId));
      }
    }),
    { numRuns: 200 },
  );
});

Deno.test("the way takes nothing within a site, the distance where both are known, else the setting", () => {
  const [nowhere, a, b] = PLACES;
  assert.ok(nowhere !== undefined && a !== undefined && b !== undefined);
  const fixed = { travel_minutes: 20, speed_kmh: null };
  const bySpeed = { travel_minutes: 20, speed_kmh: 30 };
  assert.equal(travelMs(a, a, fixed), 0);
  assert.equal(travelMs(nowhere, nowhere, fixed), 20 * MINUTE);
  assert.equal(travelMs(a, b, fixed), 20 * MINUTE);
  assert.equal(travelMs(a, nowhere, bySpeed), 20 * MINUTE);
  // 14.2 km through the air, 18.5 by road.
  assert.equal(travelMs(a, b, bySpeed), 37 * MINUTE);
  assert.equal(travelMs(a, b, bySpeed), travelMs(b, a, bySpeed));
});

Deno.test("requireTransition refuses what a state doesn't allow and says what it does", () => {
  assert.throws(() => requireTransition("checked_in", "cancelled"), (thrown) => {
    const { code, extra } = thrown as { code: string; extra: Record<string, unknown> };
    assert.deepEqual([code, extra], ["conflict", { state: "checked_in", allowed: ["completed"] }]);
    return true;
  });
  requireTransition("no_show", "scheduled");
});

Deno.test("freeStarts stops at its limit", () => {
  const always = { timezone: "UTC", hours: null, holidays: [] };
  const [nowhere] = PLACES;
  assert.ok(nowhere !== undefined);
  const open = {
    shifts: always,
    site: null,
    holidays: null,
    standing: [],
    elsewhere: [],
    place: nowhere,
    travel: { travel_minutes: 30, speed_kmh: null },
  };
  const asked = { start: START, end: START + 30 * DAY, durationMs: HOUR, stepMs: HOUR, limit: 3 };
  assert.deepEqual(freeStarts(open, asked), [START, START + HOUR, START + 2 * HOUR]);
});
