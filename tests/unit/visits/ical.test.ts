import assert from "node:assert/strict";
import fc from "fast-check";
import { toICalendar } from "../../../lib/visits/ical.ts";
import { readICalendar } from "../../support/icalendar.ts";

const EVENT = {
  id: "vis_1",
  start: Date.UTC(2026, 11, 1, 15),
  end: Date.UTC(2026, 11, 1, 16),
  summary: "Horno",
  location: null,
  description: null,
  status: "CONFIRMED",
  sequence: 3,
  createdAt: Date.UTC(2026, 10, 1),
  updatedAt: Date.UTC(2026, 10, 2, 3, 4, 5, 678),
  position: { latitude: 25.6714, longitude: -100.3094 },
} as const;

Deno.test("toICalendar writes times in UTC, the sequence, the status and what is published", () => {
  const { calendar, events: [event] } = readICalendar(
    toICalendar([EVENT], { name: "Ana", now: EVENT.createdAt }),
  );
  assert.deepEqual([calendar.get("METHOD"), calendar.get("VERSION"), calendar.get("NAME")], [
    "PUBLISH",
    "2.0",
    "Ana",
  ]);
  assert.deepEqual(Object.fromEntries(event ?? []), {
    UID: "vis_1@cauce",
    DTSTAMP: "20261101T000000Z",
    DTSTART: "20261201T150000Z",
    DTEND: "20261201T160000Z",
    SUMMARY: "Horno",
    GEO: "25.6714;-100.3094",
    STATUS: "CONFIRMED",
    SEQUENCE: "3",
    CREATED: "20261101T000000Z",
    "LAST-MODIFIED": "20261102T030405Z",
  });
});

Deno.test("toICalendar folds and escapes whatever is in a text so that a calendar reads it back", () => {
  const anything = fc.string({ unit: "grapheme", maxLength: 120 })
    .map((text) => text.replace(/[\r\n\u0085\u2028\u2029]/g, "\n"));
  const odd = fc.array(fc.constantFrom("\\", ";", ",", "\n", "n", "ñ", "😀", "BEGIN:VEVENT", " ", ":"), {
    maxLength: 60,
  })
    .map((parts) => parts.join(""));
  fc.assert(fc.property(fc.oneof(anything, odd), odd, (summary, location) => {
    const text = toICalendar([{ ...EVENT, summary, location, description: summary }], {
      name: location,
      now: 0,
    });
    const { events } = readICalendar(text);
    assert.equal(events.length, 1);
    // deno-lint-ignore no-control-regex -- they are what the standard forbids
    const clean = (given: string) => given.replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, "");
    assert.equal(events[0]?.get("SUMMARY"), clean(summary));
    assert.equal(events[0]?.get("LOCATION"), clean(location));
    assert.equal(events[0]?.get("DESCRIPTION"), clean(summary));
  }));
});
