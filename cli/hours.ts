import { type Weekday, WEEKDAYS } from "../lib/business-time/mod.ts";
import { invalid } from "../lib/kernel/errors.ts";

const SHORT = WEEKDAYS.map((day) => day.slice(0, 3));

/**
 * `mon-fri 09:00-14:00,16:00-19:00; sat 10:00-14:00` as hours by weekday; days that are not named are closed.
 * "always" means open at all times (null). Throws 422 that repeats the part that is not understood.
 */
export function parseHours(text: string): Partial<Record<Weekday, { from: string; to: string }[]>> | null {
  if (text.trim().toLowerCase() === "always") return null;
  const hours: Partial<Record<Weekday, { from: string; to: string }[]>> = {};
  for (const part of text.split(";").map((piece) => piece.trim()).filter(Boolean)) {
    const [days = "", ...rest] = part.split(/\s+/);
    const shifts = rest.join("").split(",").filter(Boolean).map((shift) => {
      const match = /^(\d{1,2}:\d{2})-(\d{1,2}:\d{2})$/.exec(shift);
      if (match === null) {
        throw invalid("--hours", `"${part}" is not understood; write mon-fri 09:00-18:00; sat 10:00-14:00`);
      }
      return { from: (match[1] ?? "").padStart(5, "0"), to: (match[2] ?? "").padStart(5, "0") };
    });
    for (const day of daysOf(days, part)) hours[day] = shifts;
  }
  return hours;
}

function daysOf(text: string, part: string): Weekday[] {
  const [first = "", last = first] = text.toLowerCase().split("-").map((day) => day.slice(0, 3));
  const [from, to] = [SHORT.indexOf(first), SHORT.indexOf(last)];
  if (from < 0 || to < 0) throw invalid("--hours", `"${part}" must begin with days such as mon-fri or sat`);
  const count = ((to - from + 7) % 7) + 1;
  return Array.from({ length: count }, (_, i) => WEEKDAYS[(from + i) % 7]).filter((day) => day !== undefined);
}
