import { isTimeZone, offsetAt, toInstant } from "../business-time/mod.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../kernel/clock.ts";
import { type Component, valueOf } from "./lines.ts";
import { type Budget, readRule, recurrences } from "./recurrence.ts";
import { WINDOWS_ZONES } from "./windows-zones.ts";

/** A wall clock. Its times are milliseconds that read as if they were UTC. */
export interface Zone {
  toInstant(wall: number): number;
  toWall(instant: number): number;
}

export const UTC: Zone = { toInstant: (wall) => wall, toWall: (instant) => instant };

export function namedZone(name: string): Zone {
  return {
    toInstant: (wall) => {
      const date = new Date(wall).toISOString().slice(0, 10);
      const minutes = Math.floor((wall - Date.parse(`${date}T00:00:00Z`)) / MINUTE);
      return toInstant(name, { date, minutes }) + ((wall % MINUTE) + MINUTE) % MINUTE;
    },
    toWall: (instant) => instant + offsetAt(name, instant),
  };
}

/** The zones of a calendar by the names that it gives them; null for one that nobody knows. */
export function zonesOf(calendar: Component, budget: Budget): (name: string) => Zone | null {
  const own = new Map(
    calendar.children.filter(({ name }) => name === "VTIMEZONE").map((one) => [valueOf(one, "TZID"), one]),
  );
  const known = new Map<string, Zone | null>();
  return (name) => {
    let zone = known.get(name);
    if (zone === undefined) known.set(name, zone = zoneOf(name, { own: own.get(name), budget }));
    return zone;
  };
}

/** A name of the world goes before what a file says of it: that is often old. */
function zoneOf(name: string, { own, budget }: { own: Component | undefined; budget: Budget }): Zone | null {
  const located = own === undefined ? "" : valueOf(own, "X-LIC-LOCATION");
  const parts = name.split("/");
  // Some programs put a prefix of theirs before the name: /example.org/20260101/Europe/Madrid.
  const ends = [2, 3].map((count) => parts.slice(-count).join("/")).filter((end) => end !== name);
  const iana = [name, WINDOWS_ZONES[name] ?? "", located, ...ends].find((one) =>
    one !== "" && isTimeZone(one) && !/^[+-]/.test(one)
  );
  if (iana !== undefined) return namedZone(iana);
  return own === undefined ? null : ruledZone(own, budget);
}

interface Observance {
  /** Wall clock times at which it begins, by the clock that is before it. */
  readonly start: number;
  readonly rule: string;
  readonly from: number;
  readonly to: number;
}

/** A zone by what its file says: of its observances the one that began last holds (RFC 5545, 3.6.5). */
function ruledZone(component: Component, budget: Budget): Zone | null {
  const observances = component.children.flatMap((child): Observance[] => {
    const [start, from, to] = [
      readWall(valueOf(child, "DTSTART")),
      readOffset(valueOf(child, "TZOFFSETFROM")),
      readOffset(valueOf(child, "TZOFFSETTO")),
    ];
    return start === null || from === null || to === null
      ? []
      : [{ start, rule: valueOf(child, "RRULE"), from, to }];
  });
  const [first] = observances.toSorted((a, b) => a.start - b.start);
  if (first === undefined) return null;
  const years = new Map<number, readonly { at: number; to: number }[]>();
  const changesOf = (year: number) => {
    let changes = years.get(year);
    if (changes === undefined) years.set(year, changes = changesAround(observances, { year, budget }));
    return changes;
  };
  const offsetOfWall = (wall: number) => {
    const last = changesOf(new Date(wall).getUTCFullYear()).findLast(({ at }) => at <= wall);
    return last?.to ?? first.from;
  };
  return {
    toInstant: (wall) => wall - offsetOfWall(wall),
    toWall: (instant) => instant + offsetOfWall(instant + offsetOfWall(instant)),
  };
}

/** The changes from two years before a year to its end, in order. */
function changesAround(
  observances: readonly Observance[],
  { year, budget }: { year: number; budget: Budget },
): { at: number; to: number }[] {
  const [from, end] = [Date.UTC(year - 2, 0, 1), Date.UTC(year + 1, 0, 1)];
  return observances.flatMap(({ start, rule, to }) => {
    const read = rule === "" ? null : readRule(rule);
    const limit = read?.until ?? null;
    const until = limit === null ? null : readWall(limit.slice(0, 15));
    const again = read === null ? [] : recurrences(read, { start, from, to: end, until }, budget) ?? [];
    // One without a rule holds from its beginning on, however long ago that was.
    return (again.length > 0 ? again : start < end ? [start] : []).map((at) => ({ at, to }));
  }).sort((a, b) => a.at - b.at);
}

/** `+0530`, `-073000`; null for what is none. */
function readOffset(text: string): number | null {
  const [, sign, hours, minutes, seconds = "0"] = /^([+-])(\d{2})(\d{2})(\d{2})?$/.exec(text) ?? [];
  if (sign === undefined) return null;
  const size = Number(hours) * HOUR + Number(minutes) * MINUTE + Number(seconds) * SECOND;
  return size > DAY ? null : sign === "-" ? -size : size;
}

/** `20261201` or `20261201T150000` as it stands on the wall; null for a day or a time that does not exist. */
export function readWall(text: string): number | null {
  const [, year, month, day, hour = "00", minute = "00", second = "00"] =
    /^(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2}))?$/.exec(text) ?? [];
  if (year === undefined || Number(year) < 1900 || Number(year) > 2200) return null;
  const written = `${year}-${month}-${day}T${hour}:${minute}:${second === "60" ? "59" : second}`;
  const at = Date.parse(`${written}Z`);
  return Number.isNaN(at) || new Date(at).toISOString().slice(0, 19) !== written ? null : at;
}
