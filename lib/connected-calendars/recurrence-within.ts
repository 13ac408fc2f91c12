import { DAY, HOUR, MINUTE } from "../kernel/clock.ts";
import { type Budget, isPicked, placed, type Rule } from "./recurrence.ts";

const UNIT: Readonly<Record<string, number>> = { HOURLY: HOUR, MINUTELY: MINUTE };

/** What one hour or minute costs, in days: every minute of the hundred days that are looked at is within the bounds. */
const COST = 0.4;

/**
 * The same as `recurrences` for rules by the hour and by the minute, on the wall clock: an hour that comes twice is
 * there once. null: it costs more than the budget has left.
 */
export function recurrencesWithin(
  rule: Rule,
  { start, from, to, until }: { start: number; from: number; to: number; until: number | null },
  budget: Budget,
): number[] | null {
  const unit = UNIT[rule.frequency] ?? HOUR;
  const step = unit * rule.interval;
  const base = Math.floor(start / unit) * unit;
  const last = until === null ? to - 1 : Math.min(until, to - 1);
  const ahead = rule.count === null ? Math.max(0, Math.floor((from - base) / step) - 1) : 0;
  const found: number[] = [];
  let counted = 0;
  for (let period = base + ahead * step; period <= last;) {
    if ((budget.days -= COST) < 0) return null;
    const closed = closedUntil(rule, period);
    if (closed !== null) {
      period += Math.ceil((closed - period) / step) * step;
      continue;
    }
    for (const at of placed(rule, timesOf(rule, { period, start }))) {
      if (at < start) continue;
      if (at > last || (rule.count !== null && counted >= rule.count)) return found;
      counted++;
      if (at >= from) found.push(at);
    }
    period += step;
  }
  return found;
}

/** The end of the day or the hour that the rule leaves out; null: it does not. */
function closedUntil(rule: Rule, period: number): number | null {
  const day = Math.floor(period / DAY) * DAY;
  if (!isPicked(rule, day)) return day + DAY;
  const hour = Math.floor(period / HOUR) * HOUR;
  if (rule.hours.length > 0 && !rule.hours.includes((hour - day) / HOUR)) return hour + HOUR;
  return null;
}

/** The times of an hour, or the one of a minute. */
function timesOf(rule: Rule, { period, start }: { period: number; start: number }): number[] {
  const seconds = ((start % MINUTE) + MINUTE) % MINUTE;
  const minute = Math.floor((period % HOUR) / MINUTE);
  if (rule.frequency === "MINUTELY") {
    return rule.minutes.length === 0 || rule.minutes.includes(minute) ? [period + seconds] : [];
  }
  const own = Math.floor((start % HOUR) / MINUTE);
  const minutes = rule.minutes.length === 0 ? [own] : [...new Set(rule.minutes)].sort((a, b) => a - b);
  return minutes.map((one) => period + one * MINUTE + seconds);
}
