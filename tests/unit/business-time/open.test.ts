import assert from "node:assert/strict";
import {
  type Calendar,
  isOpen,
  isTimeZone,
  localTime,
  nextOpening,
  toInstant,
} from "../../../lib/business-time/mod.ts";

const at = (text: string) => Date.parse(text);
const NEW_YORK: Calendar = {
  timezone: "America/New_York",
  hours: {
    monday: [{ from: "09:00", to: "14:00" }, { from: "16:00", to: "20:00" }],
    friday: [{ from: "20:00", to: "02:00" }],
    sunday: [{ from: "01:30", to: "03:30" }],
  },
  holidays: [{ date: "2026-01-12" }, { date: "2026-01-13", hours: [{ from: "10:00", to: "12:00" }] }],
};

Deno.test("isOpen honours split shifts, and the end of a shift is closed", () => {
  const monday = (time: string) => isOpen(NEW_YORK, at(`2026-01-05T${time}:00-05:00`));
  const open = ["09:00", "13:59", "16:00", "19:59"].map(monday);
  const closed = ["08:59", "14:00", "15:59", "20:00", "23:00"].map(monday);
  assert.deepEqual([...new Set(open)], [true]);
  assert.deepEqual([...new Set(closed)], [false]);
});

Deno.test("isOpen carries a shift past midnight into the next day", () => {
  assert.equal(isOpen(NEW_YORK, at("2026-01-10T01:59:00-05:00")), true);
  assert.equal(isOpen(NEW_YORK, at("2026-01-10T02:00:00-05:00")), false);
});

Deno.test("a holiday closes its day, or gives it other hours", () => {
  assert.equal(isOpen(NEW_YORK, at("2026-01-12T10:00:00-05:00")), false);
  assert.equal(isOpen(NEW_YORK, at("2026-01-13T10:00:00-05:00")), true);
  assert.equal(
    isOpen({ timezone: "UTC", hours: null, holidays: [{ date: "2026-01-12" }] }, at("2026-01-12T10:00:00Z")),
    false,
  );
});

Deno.test("nextOpening passes over breaks, weekends and holidays", () => {
  const next = (text: string) => new Date(nextOpening(NEW_YORK, at(text)) ?? 0).toISOString();
  assert.equal(next("2026-01-05T14:00:00-05:00"), "2026-01-05T21:00:00.000Z");
  assert.equal(next("2026-01-11T04:00:00-05:00"), "2026-01-13T15:00:00.000Z");
  assert.equal(next("2026-01-05T10:00:00-05:00"), "2026-01-05T15:00:00.000Z");
  assert.equal(nextOpening({ timezone: "UTC", hours: {}, holidays: [] }, 0), null);
});

Deno.test("the clocks' change in spring and autumn moves the instants, not the wall clock", () => {
  // 8 March 2026: 02:00 becomes 03:00. 1 November 2026: 02:00 becomes 01:00.
  assert.equal(isOpen(NEW_YORK, at("2026-03-08T06:30:00Z")), true, "01:30 EST");
  assert.equal(isOpen(NEW_YORK, at("2026-03-08T07:29:00Z")), true, "03:29 EDT");
  assert.equal(isOpen(NEW_YORK, at("2026-03-08T07:30:00Z")), false, "03:30 EDT");
  assert.equal(isOpen(NEW_YORK, at("2026-11-01T05:30:00Z")), true, "01:30 EDT, the first");
  assert.equal(isOpen(NEW_YORK, at("2026-11-01T08:29:00Z")), true, "03:29 EST");
  assert.equal(isOpen(NEW_YORK, at("2026-11-01T08:30:00Z")), false, "03:30 EST");
  const spring = toInstant("America/New_York", { date: "2026-03-08", minutes: 150 });
  assert.equal(new Date(spring).toISOString(), "2026-03-08T07:00:00.000Z", "02:30 is skipped");
  const autumn = toInstant("America/New_York", { date: "2026-11-01", minutes: 90 });
  assert.equal(new Date(autumn).toISOString(), "2026-11-01T05:30:00.000Z", "01:30 comes twice");
});

Deno.test("every wall-clock time of a year and its instant lead to each other in zones with odd offsets", () => {
  for (
    const zone of [
      "America/Monterrey",
      "Asia/Kathmandu",
      "Australia/Lord_Howe",
      "Africa/Casablanca",
      "Europe/Madrid",
    ]
  ) {
    for (let day = 0; day < 365; day++) {
      const instant = Date.UTC(2026, 0, 1) + day * 86_400_000 + 12 * 3_600_000;
      const { date, minutes } = localTime(zone, instant);
      assert.equal(toInstant(zone, { date, minutes }), instant, `${zone} ${date}`);
    }
  }
});

Deno.test("isTimeZone knows IANA names", () => {
  assert.equal(isTimeZone("America/Monterrey"), true);
  assert.equal(isTimeZone("Mars/Olympus"), false);
  assert.equal(isTimeZone(""), false);
});
