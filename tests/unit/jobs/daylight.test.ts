import assert from "node:assert/strict";
import { nextOf } from "../../../lib/jobs/cron.ts";
import { iso } from "../../../lib/kernel/clock.ts";

/** Thirty zones, most of which change their clocks, by an hour, by half of one, at midnight, or for Ramadan. */
const ZONES = [
  "Europe/Madrid",
  "Europe/London",
  "Europe/Dublin",
  "Europe/Lisbon",
  "Europe/Athens",
  "Europe/Chisinau",
  "Atlantic/Azores",
  "Africa/Casablanca",
  "Africa/Cairo",
  "Africa/Juba",
  "Asia/Beirut",
  "Asia/Jerusalem",
  "Asia/Gaza",
  "Asia/Amman",
  "Asia/Tehran",
  "Asia/Damascus",
  "Asia/Kolkata",
  "America/Mexico_City",
  "America/Tijuana",
  "America/Monterrey",
  "America/New_York",
  "America/St_Johns",
  "America/Santiago",
  "America/Asuncion",
  "America/Havana",
  "America/Nuuk",
  "Australia/Lord_Howe",
  "Australia/Sydney",
  "Pacific/Auckland",
  "Antarctica/Troll",
];
const FROM = Date.UTC(2020, 0, 1);
const TO = Date.UTC(2036, 0, 1);

interface Wall {
  readonly hour: number;
  readonly minute: number;
  /** 0 is Sunday. */
  readonly weekday: number;
}

interface Case {
  readonly cron: string;
  /** The same said without a cron: which wall times it names, on quarters of an hour. */
  readonly names: (wall: Wall) => boolean;
  readonly rhythm: boolean;
}

const CASES: readonly Case[] = [
  { cron: "30 2 * * *", names: ({ hour, minute }) => hour === 2 && minute === 30, rhythm: false },
  { cron: "0 0 * * *", names: ({ hour, minute }) => hour === 0 && minute === 0, rhythm: false },
  {
    cron: "15,45 1-3 * * *",
    names: ({ hour, minute }) => hour >= 1 && hour <= 3 && minute % 30 === 15,
    rhythm: false,
  },
  { cron: "30 1 * * 7", names: (w) => w.hour === 1 && w.minute === 30 && w.weekday === 0, rhythm: false },
  { cron: "0 */2 * * *", names: ({ hour, minute }) => hour % 2 === 0 && minute === 0, rhythm: true },
  { cron: "*/30 * * * *", names: ({ minute }) => minute % 30 === 0, rhythm: true },
  { cron: "0 15 * * * *", names: ({ minute }) => minute === 15, rhythm: true },
];

/** Every change of the zone's clocks in those years. */
function changesOf(zone: string): number[] {
  const changes: number[] = [];
  let at: Temporal.ZonedDateTime | null = Temporal.Instant.fromEpochMilliseconds(FROM).toZonedDateTimeISO(
    zone,
  );
  while ((at = at.getTimeZoneTransition("next")) !== null && at.epochMilliseconds < TO) {
    const before = at.subtract({ nanoseconds: 1 });
    if (before.offsetNanoseconds !== at.offsetNanoseconds) changes.push(at.epochMilliseconds);
  }
  return changes;
}

interface Instants {
  /** Twice the same, except of a wall time that comes twice. */
  readonly both: readonly [number, number];
  /** The moment of the change that leaves the wall time out. */
  readonly leftOutAt: number | null;
}

/** What Temporal says of one wall time, given as if it were UTC. */
function instantsOf(wall: number, zone: string): Instants {
  const plain = Temporal.PlainDateTime.from(iso(wall).slice(0, -1));
  const earlier = plain.toZonedDateTime(zone, { disambiguation: "earlier" });
  const later = plain.toZonedDateTime(zone, { disambiguation: "later" });
  const isThere = earlier.toPlainDateTime().equals(plain);
  return {
    both: [earlier.epochMilliseconds, later.epochMilliseconds],
    leftOutAt: isThere ? null : earlier.getTimeZoneTransition("next")?.epochMilliseconds ?? null,
  };
}

function ticksOf({ both: [first, second], leftOutAt }: Instants, rhythm: boolean): number[] {
  if (leftOutAt !== null) return rhythm ? [] : [leftOutAt];
  return rhythm ? [first, second] : [first];
}

const QUARTER = 15 * 60_000;
const HOUR = 4 * QUARTER;

function expected(zone: string, around: number, hours: number): Map<Case, number[]> {
  const [from, to] = [around - hours * HOUR, around + hours * HOUR];
  const found = new Map<Case, Set<number>>(CASES.map((one) => [one, new Set()]));
  const offset = Temporal.Instant.fromEpochMilliseconds(from).toZonedDateTimeISO(zone).offsetNanoseconds /
    1e6;
  const start = Math.floor((from + offset) / QUARTER) * QUARTER - 3 * HOUR;
  for (let wall = start; wall < to + offset + 3 * HOUR; wall += QUARTER) {
    const at = new Date(wall);
    const named = { hour: at.getUTCHours(), minute: at.getUTCMinutes(), weekday: at.getUTCDay() };
    const instants = instantsOf(wall, zone);
    for (const one of CASES) {
      if (!one.names(named)) continue;
      for (const tick of ticksOf(instants, one.rhythm)) {
        if (tick > from && tick <= to) found.get(one)?.add(tick);
      }
    }
  }
  return new Map([...found].map(([one, set]) => [one, [...set].sort((a, b) => a - b)]));
}

Deno.test("around every change of the clocks of 30 zones from 2020 to 2035 the ticks are those that Temporal gives", () => {
  let changes = 0, ticks = 0;
  for (const zone of ZONES) {
    for (const change of changesOf(zone)) {
      changes++;
      for (const [{ cron }, times] of expected(zone, change, 4)) {
        const found: string[] = [];
        for (let at = change - 4 * HOUR; found.length <= times.length;) {
          const next = nextOf({ cron, zone }, at);
          if (next === null || next > change + 4 * HOUR) break;
          found.push(iso(at = next));
        }
        assert.deepEqual(found, times.map(iso), `${cron} in ${zone} around ${iso(change)}`);
        ticks += found.length;
      }
    }
  }
  assert.ok(changes > 650, `${changes} changes`);
  assert.ok(ticks > 10_000, `${ticks} ticks`);
});

Deno.test("from any instant around a change the next tick is the first of those after it", () => {
  for (const zone of ["Europe/Madrid", "Australia/Lord_Howe", "America/Santiago", "Antarctica/Troll"]) {
    for (const change of changesOf(zone).slice(0, 4)) {
      for (const [{ cron }, times] of expected(zone, change, 30)) {
        for (let at = change - 5 * HOUR; at < change + 5 * HOUR; at += 7 * 60_000 + 13_001) {
          const next = times.find((time) => time > at);
          if (next !== undefined) {
            assert.equal(iso(nextOf({ cron, zone }, at) ?? 0), iso(next), `${cron} ${zone} ${iso(at)}`);
          }
        }
      }
    }
  }
});

Deno.test("an appointment is kept once on each day of sixteen years, whatever the clocks do", () => {
  for (const zone of ["Europe/Madrid", "America/Santiago", "Asia/Beirut"]) {
    const format = new Intl.DateTimeFormat("en-CA", { timeZone: zone });
    const days = new Set<string>();
    let at = FROM, ticks = 0;
    for (;; ticks++) {
      const next = nextOf({ cron: "15 0 * * *", zone }, at);
      assert.ok(next !== null);
      if (next > TO) break;
      days.add(format.format(at = next));
    }
    assert.deepEqual([ticks, days.size], [(TO - FROM) / (24 * HOUR), ticks], zone);
  }
});
