import { type Weekday, WEEKDAYS } from "../lib/business-time/mod.ts";
import { invalid } from "../lib/kernel/errors.ts";

/** Monday first, as `WEEKDAYS`: how a day begins in English and in Spanish, without accents. */
const DAYS: readonly (readonly string[])[] = [
  WEEKDAYS.map((day) => day.slice(0, 3)),
  ["lun", "mar", "mie", "jue", "vie", "sab", "dom"],
];
const ALWAYS = ["always", "siempre"];
const SHIFT = /^(\d{1,2})(?::(\d{2}))?-(\d{1,2})(?::(\d{2}))?$/;

/**
 * `mon-fri 09:00-14:00,16:00-19:00; sat 10:00-14:00` as hours by weekday, or `lunes a viernes 9 a 18`; days that are
 * not named are closed. "always" means open at all times (null). Throws 422 that repeats the part that is not
 * understood.
 */
export function parseHours(text: string): Partial<Record<Weekday, { from: string; to: string }[]>> | null {
  const said = text.normalize("NFD").replace(/\p{M}/gu, "").trim().toLowerCase();
  if (ALWAYS.includes(said)) return null;
  const hours: Partial<Record<Weekday, { from: string; to: string }[]>> = {};
  for (const part of said.split(";").map((piece) => piece.trim()).filter(Boolean)) {
    const [days = "", ...rest] = part.replace(/\s+(?:a|to)\s+/g, "-").split(/\s+/);
    const shifts = rest.join("").split(",").filter(Boolean).map((shift) => {
      const match = SHIFT.exec(shift);
      if (match === null) {
        throw invalid("--hours", `"${part}" is not understood; write mon-fri 09:00-18:00; sat 10:00-14:00`);
      }
      const [, from = "", fromMinutes = "00", to = "", toMinutes = "00"] = match;
      return { from: `${from.padStart(2, "0")}:${fromMinutes}`, to: `${to.padStart(2, "0")}:${toMinutes}` };
    });
    for (const day of daysOf(days, part)) hours[day] = shifts;
  }
  return hours;
}

function daysOf(text: string, part: string): Weekday[] {
  const [first = "", last = first] = text.split("-").map((day) => day.slice(0, 3));
  const names = DAYS.find((known) => known.includes(first) && known.includes(last));
  if (names === undefined) throw invalid("--hours", `"${part}" must begin with days such as mon-fri or sat`);
  const [from, to] = [names.indexOf(first), names.indexOf(last)];
  const count = ((to - from + 7) % 7) + 1;
  return Array.from({ length: count }, (_, i) => WEEKDAYS[(from + i) % 7]).filter((day) => day !== undefined);
}
