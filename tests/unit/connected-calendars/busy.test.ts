import assert from "node:assert/strict";
import { readBusy } from "../../../lib/connected-calendars/busy.ts";
import { readRule, recurrences } from "../../../lib/connected-calendars/recurrence.ts";
import { DAY } from "../../../lib/kernel/clock.ts";
import { workSince } from "../../support/cpu.ts";
import { vevent } from "../../support/fakes/calendar.ts";
import known from "./recurrences.json" with { type: "json" };

const START = Date.UTC(2026, 2, 1);
const END = Date.UTC(2026, 4, 1);
const wrap = (...parts: string[]) => `BEGIN:VCALENDAR\r\nVERSION:2.0\r\n${parts.join("")}END:VCALENDAR\r\n`;

/** What is busy from March to April 2026, as `MM-DD HH:MM/HH:MM` in UTC. */
async function busy(text: string, zone = "America/Monterrey"): Promise<string[]> {
  const found = await readBusy(text, { start: START, end: END, zone });
  assert.ok(found !== null);
  const written = (at: number) => new Date(at).toISOString();
  return found.busy.map(({ start, end }) =>
    `${written(start).slice(5, 16).replace("T", " ")}/${written(end).slice(11, 16)}`
  );
}

const MEETING = [
  "UID:m",
  "DTSTART;TZID=Europe/Madrid:20260325T090000",
  "DTEND;TZID=Europe/Madrid:20260325T100000",
];

Deno.test("rules recur as dateutil's do: eighty by days and eighty by hours and minutes, with what it found for each", () => {
  const at = (text: string) => Date.parse(`${text}Z`);
  for (const { rule, start, from, to, count, first, last } of known) {
    const read = readRule(rule);
    assert.ok(read !== null, rule);
    const span = { start: at(start), from: at(from), to: at(to), until: null };
    const found = (recurrences(read, span, { days: 100_000 }) ?? []).map((one) =>
      new Date(one).toISOString().slice(0, 16)
    );
    assert.deepEqual(
      [found.length, found.slice(0, 3), found.at(-1) ?? null],
      [count, first, last],
      `${rule} ${start}`,
    );
  }
});

Deno.test("what comes by the hour or the minute is taken as often as it comes, within bounds, and the state says what is not", async () => {
  const shift = vevent(
    "UID:h",
    "DTSTART:20260302T150000Z",
    "DURATION:PT30M",
    "RRULE:FREQ=HOURLY;INTERVAL=2;COUNT=3",
  );
  assert.deepEqual(await busy(wrap(shift)), ["03-02 15:00/15:30", "03-02 17:00/17:30", "03-02 19:00/19:30"]);
  const pills = vevent(
    "UID:p",
    "DTSTART:20260302T150000Z",
    "DURATION:PT5M",
    "RRULE:FREQ=MINUTELY;INTERVAL=20;BYHOUR=15;BYDAY=MO,TU;UNTIL=20260303T235959Z",
    "EXDATE:20260302T152000Z",
  );
  assert.deepEqual(await busy(wrap(pills)), [
    "03-02 15:00/15:05",
    "03-02 15:40/15:45",
    "03-03 15:00/15:05",
    "03-03 15:20/15:25",
    "03-03 15:40/15:45",
  ]);
  const always = vevent("UID:a", "DTSTART:20200101T000000Z", "DURATION:PT1M", "RRULE:FREQ=MINUTELY");
  assert.deepEqual(await busy(wrap(always)), ["03-01 00:00/00:00"], "one stretch from beginning to end");
  const worked = workSince();
  const costly = Array.from(
    { length: 60 },
    (_, at) =>
      vevent(
        `UID:c${at}`,
        "DTSTART:19700101T000000Z",
        "DURATION:PT1M",
        "RRULE:FREQ=MINUTELY;INTERVAL=2;COUNT=99999999",
      ),
  );
  const found = await readBusy(wrap(...costly), { start: START, end: END, zone: "UTC" });
  assert.ok(found !== null && found.skipped === 60, `${found?.skipped} of what costs too much is counted`);
  assert.ok(worked() < 5000);
});

Deno.test("a meeting of every week stays at its time on the wall when the clocks change", async () => {
  assert.deepEqual(await busy(wrap(vevent(...MEETING, "RRULE:FREQ=WEEKLY;COUNT=3"))), [
    "03-25 08:00/09:00",
    "04-01 07:00/08:00",
    "04-08 07:00/08:00",
  ]);
  const until = (text: string) => busy(wrap(vevent(...MEETING, `RRULE:FREQ=WEEKLY;UNTIL=${text}`)));
  assert.equal((await until("20260401T070000Z")).length, 2, "the last moment counts");
  assert.equal((await until("20260401T065959Z")).length, 1);
  assert.equal((await until("20260401")).length, 2);
});

Deno.test("of a series some are left out, moved, called off or added, each by the clock that it names", async () => {
  const series = vevent(
    ...MEETING,
    "RRULE:FREQ=DAILY;COUNT=6",
    "EXDATE:20260326T080000Z",
    "EXDATE;TZID=Europe/Madrid:20260327T090000,20260328T090000",
    "RDATE;VALUE=PERIOD:20260410T080000Z/PT30M,20260411T080000Z/20260411T090000Z",
    "RDATE;TZID=Europe/Madrid:20260415T090000",
  );
  const moved = vevent(
    "UID:m",
    "RECURRENCE-ID;TZID=Europe/Madrid:20260329T090000",
    "DTSTART:20260329T150000Z",
    "DURATION:PT2H",
  );
  const off = vevent(
    "UID:m",
    "RECURRENCE-ID:20260330T070000Z",
    "DTSTART:20260330T070000Z",
    "STATUS:CANCELLED",
  );
  assert.deepEqual(await busy(wrap(series, moved, off)), [
    "03-25 08:00/09:00",
    "03-29 15:00/17:00",
    "04-10 08:00/08:30",
    "04-11 08:00/09:00",
    "04-15 07:00/08:00",
  ]);
});

Deno.test("whole days are days of the operator's clock, or of the calendar's own; what is free or off takes nothing", async () => {
  const day = vevent("UID:d", "DTSTART;VALUE=DATE:20260310", "DTEND;VALUE=DATE:20260312");
  assert.deepEqual(await busy(wrap(day)), ["03-10 06:00/06:00"]);
  const found = await readBusy(wrap(day), { start: START, end: END, zone: "America/Monterrey" });
  assert.deepEqual(found?.busy.map(({ start, end }) => (end - start) / DAY), [2]);
  assert.deepEqual(
    await busy(wrap("X-WR-TIMEZONE:Asia/Tokyo\r\n", vevent("UID:e", "DTSTART;VALUE=DATE:20260310"))),
    [
      "03-09 15:00/15:00",
    ],
  );
  const one = ["DTSTART:20260310T080000Z", "DTEND:20260310T090000Z"];
  assert.deepEqual(
    await busy(wrap(
      vevent("UID:1", ...one, "TRANSP:TRANSPARENT"),
      vevent("UID:2", ...one, "STATUS:CANCELLED"),
      vevent("UID:3", ...one, "X-MICROSOFT-CDO-BUSYSTATUS:FREE"),
      vevent("UID:4", "DTSTART:20260310T080000Z"),
    )),
    [],
  );
});

Deno.test("zones are found by IANA's names, Microsoft's, prefixed ones, and by what the file says of them", async () => {
  const at = (tzid: string, ...parts: string[]) =>
    busy(wrap(...parts, vevent("UID:z", `DTSTART;TZID=${tzid}:20260410T090000`, "DURATION:PT1H")));
  const madrid = ["04-10 07:00/08:00"];
  assert.deepEqual(await at("Europe/Madrid"), madrid);
  assert.deepEqual(await at("Romance Standard Time"), madrid);
  assert.deepEqual(await at('"Romance Standard Time"'), madrid);
  assert.deepEqual(await at("/example.org/20260101_1/Europe/Madrid"), madrid);
  const part = (kind: string, from: string, to: string, rule: string, start: string) =>
    `BEGIN:${kind}\r\nDTSTART:${start}\r\nTZOFFSETFROM:${from}\r\nTZOFFSETTO:${to}\r\nRRULE:${rule}\r\nEND:${kind}\r\n`;
  const own = "BEGIN:VTIMEZONE\r\nTZID:Oficina\r\n" +
    part("STANDARD", "+0200", "+0100", "FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU", "19961027T030000") +
    part("DAYLIGHT", "+0100", "+0200", "FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU", "19810329T020000") +
    "END:VTIMEZONE\r\n";
  assert.deepEqual(await at("Oficina", own), madrid);
  assert.deepEqual(
    await busy(wrap(own, vevent("UID:z", "DTSTART;TZID=Oficina:20260320T090000", "DURATION:PT1H"))),
    ["03-20 08:00/09:00"],
    "before the change of the clocks",
  );
  const unknown = await readBusy(
    wrap(vevent("UID:z", "DTSTART;TZID=Marte:20260410T090000", "DURATION:PT1H")),
    {
      start: START,
      end: END,
      zone: "UTC",
    },
  );
  assert.deepEqual([unknown?.busy.length, unknown?.events, unknown?.skipped], [0, 1, 1]);
});

Deno.test("free and busy times are read, folded lines and lower case too, and a calendar is cut at the span", async () => {
  const text =
    "BEGIN:VFREEBUSY\r\nFREEBUSY;FBTYPE=BUSY:20260310T080000Z/PT1H,20260310T\r\n 110000Z/20260310T120000Z\r\n" +
    "FREEBUSY;FBTYPE=FREE:20260311T080000Z/PT1H\r\nEND:VFREEBUSY\r\n";
  assert.deepEqual(await busy(wrap(text)), ["03-10 08:00/09:00", "03-10 11:00/12:00"]);
  const small =
    "begin:vcalendar\nbegin:vevent\nuid:1\ndtstart:20260228T230000Z\ndtend:20260301T010000Z\nend:vevent\nend:vcalendar\n";
  assert.deepEqual(await busy(small), ["03-01 00:00/01:00"]);
});

Deno.test("a hostile calendar costs little, and what it can't say is counted, not guessed", async () => {
  const worked = workSince();
  const look = (text: string) => readBusy(text, { start: START, end: END, zone: "UTC" });
  const rule = (text: string) =>
    look(wrap(vevent("UID:r", "DTSTART:20260301T090000Z", "DURATION:PT1M", `RRULE:${text}`)));
  const list = (most: number) => Array.from({ length: most }, (_, at) => at).join(",");
  assert.equal(
    (await rule(`FREQ=DAILY;BYHOUR=${list(24)};BYMINUTE=${list(60)}`))?.skipped,
    1,
    "a million in two years",
  );
  assert.equal((await rule("FREQ=SECONDLY"))?.skipped, 1);
  assert.deepEqual(
    [(await rule("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"))?.busy.length],
    [1],
    "only its own beginning",
  );
  assert.equal((await rule("FREQ=DAILY;INTERVAL=0"))?.skipped, 1);
  assert.equal((await rule(`FREQ=DAILY;COUNT=${"9".repeat(400)}`))?.skipped, 1);
  const old = vevent("UID:r", "DTSTART:19000101T090000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=1000000");
  assert.equal((await look(wrap(old)))?.skipped, 1);
  const many = wrap(...Array.from({ length: 3000 }, (_, at) => old.replace("UID:r", `UID:${at}`)));
  assert.equal((await look(many))?.skipped, 3000);
  const one = wrap(
    ...Array.from({ length: 3000 }, (_, at) =>
      vevent(
        "UID:a",
        "DTSTART:20260310T090000Z",
        "DURATION:PT1H",
        at % 2 === 0 ? "RRULE:FREQ=DAILY" : "RECURRENCE-ID:20260310T090000Z",
      )),
  );
  assert.ok(await look(one) !== null);
  for (
    const none of [
      "",
      "\u0000\u0001PNG",
      "<!doctype html><p>Sign in</p>",
      "BEGIN:VCALENDAR\r\n".repeat(100_000),
      wrap(vevent(...MEETING)).slice(0, -20),
      "BEGIN:VEVENT\r\nEND:VEVENT\r\n",
    ]
  ) assert.equal(await look(none), null, none.slice(0, 30));
  for (const day of ["20260231T090000Z", "20260310T250000Z", "nonsense", "99991231T235959Z"]) {
    const found = await look(wrap(vevent("UID:x", `DTSTART:${day}`, "DURATION:PT1H")));
    assert.deepEqual([found?.busy.length, found?.skipped], [0, 1], day);
  }
  assert.ok(worked() < 10_000);
});
