import { DAY, HOUR, MINUTE, SECOND } from "../kernel/clock.ts";
import type { Property } from "./lines.ts";
import { readWall, UTC, type Zone } from "./zones.ts";

/** A time as a property writes it: on which clock, and what that shows. */
export interface Time {
  readonly wall: number;
  readonly zone: Zone;
  /** A day without a time. */
  readonly isDay: boolean;
}

export interface Clocks {
  readonly zoneOf: (name: string) => Zone | null;
  /** Of times that name none. */
  readonly local: Zone;
}

/** null for what is no time, or is on a clock that nobody knows. */
export function readTime(property: Pick<Property, "params">, text: string, clocks: Clocks): Time | null {
  const isDay = /^\d{8}$/.test(text);
  const name = property.params.get("TZID");
  const inUtc = text.endsWith("Z");
  const zone = inUtc ? UTC : isDay || name === undefined ? clocks.local : clocks.zoneOf(name);
  const wall = readWall(inUtc ? text.slice(0, -1) : text);
  return wall === null || zone === null ? null : { wall, zone, isDay };
}

export const instantOf = ({ wall, zone }: Time) => zone.toInstant(wall);

/** `P1D`, `PT1H30M`, `P2W`, in milliseconds; null for what is none, or goes backwards. */
export function readDuration(text: string): number | null {
  const [whole, weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] =
    /^\+?P(?:(\d{1,4})W)?(?:(\d{1,5})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,7})M)?(?:(\d{1,8})S)?)?$/.exec(text) ??
      [];
  if (whole === undefined) return null;
  return Number(weeks) * 7 * DAY + Number(days) * DAY + Number(hours) * HOUR + Number(minutes) * MINUTE +
    Number(seconds) * SECOND;
}
