import assert from "node:assert/strict";
import fc from "fast-check";
import {
  addBusinessTime,
  ALWAYS_OPEN,
  businessTimeBetween,
  type Calendar,
  isOpen,
  nextOpening,
  subtractBusinessTime,
  WEEKDAYS,
} from "../../../lib/business-time/mod.ts";
import { countOpen, minutesOf } from "./oracle.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAYS = 8;

/** Zones with the days around which their clocks change, or which are odd in another way. */
const PLACES = [
  ["America/New_York", "2026-03-05"],
  ["America/New_York", "2026-10-29"],
  ["Europe/Madrid", "2026-03-26"],
  ["Europe/Madrid", "2026-10-22"],
  ["Australia/Lord_Howe", "2026-04-02"],
  ["Australia/Lord_Howe", "2026-10-01"],
  ["Asia/Beirut", "2026-03-26"],
  ["America/Havana", "2026-10-29"],
  ["Africa/Cairo", "2026-04-21"],
  ["Africa/Casablanca", "2026-02-12"],
  ["Asia/Kathmandu", "2026-06-01"],
  ["America/Monterrey", "2026-02-25"],
  ["UTC", "2026-12-28"],
] as const;

const pad = (value: number) => String(value).padStart(2, "0");
const time = fc.integer({ min: 0, max: 1439 }).map((at) => `${pad(Math.floor(at / 60))}:${pad(at % 60)}`);
const shift = fc.tuple(time, fc.oneof(time, fc.constant("24:00"))).filter(([from, to]) => from !== to)
  .map(([from, to]) => ({ from, to }));
const day = fc.array(shift, { maxLength: 3 });
const hours = fc.record(
  Object.fromEntries(WEEKDAYS.map((name) => [name, day])),
  { requiredKeys: [] },
);

const situation = fc.record({
  place: fc.constantFrom(...PLACES),
  hours: fc.oneof({ weight: 5, arbitrary: hours }, { weight: 1, arbitrary: fc.constant(null) }),
  holidays: fc.array(
    fc.record({ offset: fc.integer({ min: -1, max: DAYS }), yearly: fc.boolean(), hours: fc.option(day) }),
    { maxLength: 3 },
  ),
  from: fc.integer({ min: 0, max: DAYS * 1440 }),
  length: fc.integer({ min: 0, max: DAYS * 1440 }),
}).map(({ place: [timezone, first], holidays, ...rest }) => {
  const start = Date.parse(`${first}T00:00:00Z`);
  const calendar: Calendar = {
    timezone,
    hours: rest.hours,
    holidays: holidays.map(({ offset, yearly, hours }) => ({
      date: `${yearly ? 2020 : first.slice(0, 4)}${
        new Date(start + offset * 24 * HOUR).toISOString().slice(4, 10)
      }`,
      ...(yearly ? { yearly } : {}),
      ...(hours === null ? {} : { hours }),
    })),
  };
  return { calendar, start, from: start + rest.from * MINUTE, minutes: rest.length };
});

Deno.test("sums of business time equal a count of minutes, one by one, over every change of the clocks", () => {
  fc.assert(
    fc.property(situation, ({ calendar, start, from, minutes }) => {
      const oracle = minutesOf(calendar, { start, days: DAYS * 2 });
      const end = start + oracle.open.length * MINUTE;
      const to = Math.min(from + minutes * MINUTE, end);
      assert.equal(businessTimeBetween(calendar, from, to), countOpen(oracle, from, to) * MINUTE, "between");

      const index = (from - start) / MINUTE;
      assert.equal(isOpen(calendar, from), oracle.open[index], "open");
      const opening = oracle.open.indexOf(true, index);
      const found = nextOpening(calendar, from);
      if (opening >= 0) assert.equal(found, start + opening * MINUTE, "next opening");
      else assert.ok(found === null || found >= end, "no opening in sight");

      const wanted = countOpen(oracle, from, to);
      if (wanted === 0) return;
      let counted = 0;
      const enough = oracle.open.findIndex((open, at) => at >= index && open && ++counted === wanted);
      const due = start + (enough + 1) * MINUTE;
      assert.equal(addBusinessTime(calendar, from, wanted * MINUTE), due, "add");
      counted = 0;
      let at = (to - start) / MINUTE;
      while (counted < wanted) if (oracle.open[--at]) counted++;
      assert.equal(subtractBusinessTime(calendar, to, wanted * MINUTE), start + at * MINUTE, "subtract");
    }),
    { numRuns: 200 },
  );
});

Deno.test("adding business time is the inverse of measuring it, to the millisecond", () => {
  fc.assert(
    fc.property(
      situation,
      fc.integer({ min: 1, max: 5 * 24 * HOUR }),
      fc.nat(MINUTE),
      ({ calendar, from }, ms, odd) => {
        const at = from + odd;
        const due = addBusinessTime(calendar, at, ms);
        if (due === null) return;
        assert.equal(businessTimeBetween(calendar, at, due), ms);
        assert.equal(businessTimeBetween(calendar, at, due - 1), ms - 1, "the earliest such instant");
        const back = subtractBusinessTime(calendar, due, ms);
        assert.ok(back !== null && back >= at);
        assert.equal(businessTimeBetween(calendar, back, due), ms);
      },
    ),
    { numRuns: 300 },
  );
});

Deno.test("a shift that the clocks' change falls into lasts as long as it really does", () => {
  const night: Calendar = {
    timezone: "Europe/Madrid",
    hours: { saturday: [{ from: "22:00", to: "06:00" }] },
    holidays: [],
  };
  const length = (from: string, to: string) =>
    businessTimeBetween(night, Date.parse(`${from}T12:00:00Z`), Date.parse(`${to}T12:00:00Z`)) / HOUR;
  assert.equal(length("2026-03-21", "2026-03-22"), 8);
  assert.equal(length("2026-03-28", "2026-03-29"), 7, "the night in which 02:00 becomes 03:00");
  assert.equal(length("2026-10-24", "2026-10-25"), 9, "the night in which 03:00 becomes 02:00");
});

Deno.test("overlapping shifts count once, and a closed calendar holds no time", () => {
  const twice: Calendar = {
    timezone: "UTC",
    hours: { monday: [{ from: "09:00", to: "12:00" }, { from: "11:00", to: "13:00" }] },
    holidays: [],
  };
  const monday = Date.UTC(2026, 0, 5);
  assert.equal(businessTimeBetween(twice, monday, monday + 24 * HOUR), 4 * HOUR);
  assert.equal(businessTimeBetween(twice, monday + 24 * HOUR, monday), 0, "backwards");
  const closed: Calendar = { timezone: "UTC", hours: {}, holidays: [] };
  assert.equal(addBusinessTime(closed, monday, 1), null);
  assert.equal(subtractBusinessTime(closed, monday, 1), null);
  assert.equal(addBusinessTime(closed, monday, 0), monday);
  assert.equal(addBusinessTime(ALWAYS_OPEN, monday, HOUR), monday + HOUR);
});

Deno.test("a yearly holiday comes back, one of 29 February in leap years, and a day's own date goes before it", () => {
  const calendar: Calendar = {
    timezone: "UTC",
    hours: null,
    holidays: [
      { date: "2020-12-25", yearly: true },
      { date: "2024-02-29", yearly: true },
      { date: "2027-12-25", hours: [{ from: "10:00", to: "12:00" }] },
    ],
  };
  const open = (date: string) =>
    businessTimeBetween(
      calendar,
      Date.parse(`${date}T00:00:00Z`),
      Date.parse(`${date}T00:00:00Z`) + 24 * HOUR,
    ) /
    HOUR;
  assert.deepEqual(
    ["2026-12-24", "2026-12-25", "2027-12-25", "2028-12-25", "2027-02-28", "2027-03-01", "2028-02-29"].map(
      open,
    ),
    [24, 0, 2, 0, 24, 24, 0],
  );
});
