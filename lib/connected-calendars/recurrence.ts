import { DAY, HOUR, MINUTE } from "../kernel/clock.ts";
import { recurrencesWithin } from "./recurrence-within.ts";

/** How many days may be looked at in all: whoever writes a calendar does not say how long we work on it. */
export interface Budget {
  days: number;
}

type Daywise = "DAILY" | "WEEKLY" | "MONTHLY" | "YEARLY";
/** Of less than a day (recurrence-within.ts). */
export type Within = "HOURLY" | "MINUTELY";

/** A recurrence rule (RFC 5545, 3.3.10). Weekdays count from 0, Monday. */
export interface Rule {
  readonly frequency: Daywise | Within;
  readonly interval: number;
  readonly count: number | null;
  /** As it was written. */
  readonly until: string | null;
  readonly months: readonly number[];
  readonly weeks: readonly number[];
  readonly yearDays: readonly number[];
  readonly monthDays: readonly number[];
  readonly weekdays: readonly { readonly nth: number; readonly weekday: number }[];
  readonly hours: readonly number[];
  readonly minutes: readonly number[];
  readonly positions: readonly number[];
  readonly weekStart: number;
}

const WEEKDAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
const FREQUENCIES: Readonly<Record<string, Rule["frequency"]>> = {
  DAILY: "DAILY",
  WEEKLY: "WEEKLY",
  MONTHLY: "MONTHLY",
  YEARLY: "YEARLY",
  HOURLY: "HOURLY",
  MINUTELY: "MINUTELY",
};

/** null for a rule that can't be followed: broken, or by the second. */
export function readRule(text: string): Rule | null {
  const parts = new Map(
    text.toUpperCase().split(";").map((part): [string, string] => {
      const [name = "", value = ""] = part.split("=");
      return [name.trim(), value.trim()];
    }),
  );
  const frequency = FREQUENCIES[parts.get("FREQ") ?? ""];
  if (frequency === undefined || parts.has("BYSECOND")) return null;
  const list = (name: string, most: number, least = 1) =>
    (parts.get(name) ?? "").split(",").filter((one) => one !== "").map(Number).map((one) =>
      Number.isInteger(one) && Math.abs(one) <= most && Math.abs(one) >= least ? one : Number.NaN
    );
  const count = parts.get("COUNT");
  const rule: Rule = {
    frequency,
    interval: Number(parts.get("INTERVAL") ?? 1),
    count: count === undefined ? null : Number(count),
    until: parts.get("UNTIL") ?? null,
    months: list("BYMONTH", 12),
    weeks: list("BYWEEKNO", 53),
    yearDays: list("BYYEARDAY", 366),
    monthDays: list("BYMONTHDAY", 31),
    weekdays: (parts.get("BYDAY") ?? "").split(",").filter((one) => one !== "").map((one) => {
      const [, nth = "", name = ""] = /^([+-]?\d{1,2})?([A-Z]{2})$/.exec(one) ?? [];
      const weekday = WEEKDAYS.indexOf(name);
      return { nth: Number(nth), weekday: weekday < 0 ? Number.NaN : weekday };
    }),
    hours: list("BYHOUR", 23, 0),
    minutes: list("BYMINUTE", 59, 0),
    positions: list("BYSETPOS", 366),
    weekStart: WEEKDAYS.indexOf(parts.get("WKST") ?? "MO"),
  };
  const numbers = [
    ...[rule.months, rule.weeks, rule.yearDays, rule.monthDays, rule.hours, rule.minutes, rule.positions]
      .flat(),
    ...rule.weekdays.flatMap(({ nth, weekday }) => [nth, weekday]),
    rule.count ?? 1,
  ];
  const sound = Number.isInteger(rule.interval) && rule.interval > 0 && rule.weekStart >= 0 &&
    numbers.every(Number.isInteger);
  return sound ? rule : null;
}

type DayRule = Rule & { readonly frequency: Daywise };

function isOfDays(rule: Rule): rule is DayRule {
  return Object.hasOwn(LONGEST, rule.frequency);
}

/** What the rule leaves open is as at its beginning. */
function completed(rule: DayRule, start: number): DayRule {
  const begin = new Date(start);
  const { frequency, weeks, yearDays, monthDays, weekdays, months } = rule;
  const own = { nth: 0, weekday: weekdayOf(start) };
  const times = {
    hours: rule.hours.length > 0 ? rule.hours : [begin.getUTCHours()],
    minutes: rule.minutes.length > 0 ? rule.minutes : [begin.getUTCMinutes()],
  };
  if (yearDays.length + monthDays.length + weekdays.length > 0 || frequency === "DAILY") {
    return { ...rule, ...times };
  }
  if (weeks.length > 0 || frequency === "WEEKLY") return { ...rule, ...times, weekdays: [own] };
  const day = { monthDays: [begin.getUTCDate()] };
  if (frequency === "MONTHLY" || months.length > 0) return { ...rule, ...times, ...day };
  return { ...rule, ...times, ...day, months: [begin.getUTCMonth() + 1] };
}

const weekdayOf = (at: number) => (new Date(at).getUTCDay() + 6) % 7;
const dayOf = (at: number) => Math.floor(at / DAY) * DAY;

interface Period {
  readonly start: number;
  readonly end: number;
}

/** The stretch of days that the rule picks from, `step` intervals after the one of its beginning. */
function periodOf({ frequency, interval, weekStart }: DayRule, start: number, step: number): Period {
  const first = new Date(start);
  const [year, month] = [first.getUTCFullYear(), first.getUTCMonth()];
  const by = step * interval;
  if (frequency === "YEARLY") return { start: Date.UTC(year + by, 0, 1), end: Date.UTC(year + by + 1, 0, 1) };
  if (frequency === "MONTHLY") {
    return { start: Date.UTC(year, month + by, 1), end: Date.UTC(year, month + by + 1, 1) };
  }
  if (frequency === "DAILY") {
    const day = dayOf(start) + by * DAY;
    return { start: day, end: day + DAY };
  }
  const week = dayOf(start) - ((weekdayOf(start) - weekStart + 7) % 7) * DAY + by * 7 * DAY;
  return { start: week, end: week + 7 * DAY };
}

/** No period is longer, so that many intervals may be left out. */
const LONGEST = { DAILY: DAY, WEEKLY: 7 * DAY, MONTHLY: 31 * DAY, YEARLY: 366 * DAY } as const;

/**
 * When a rule recurs, on the wall clock (as milliseconds that read as if they were UTC), from `from` on and before
 * `to`, in order. null: it costs more than the budget has left.
 */
export function recurrences(
  given: Rule,
  { start, from, to, until }: { start: number; from: number; to: number; until: number | null },
  budget: Budget,
): number[] | null {
  if (!isOfDays(given)) return recurrencesWithin(given, { start, from, to, until }, budget);
  const rule = completed(given, start);
  const last = until === null ? to - 1 : Math.min(until, to - 1);
  const ahead = Math.floor((from - start) / (rule.interval * LONGEST[rule.frequency])) - 1;
  const found: number[] = [];
  let counted = 0;
  for (let step = rule.count === null ? Math.max(0, ahead) : 0;; step++) {
    const period = periodOf(rule, start, step);
    if (!(period.start <= last)) return found;
    for (const at of ofPeriod(rule, { period: cutTo(rule, period, { from, last }), start }, budget)) {
      if (at < start) continue;
      if (at > last || (rule.count !== null && counted >= rule.count)) return found;
      counted++;
      if (at >= from) found.push(at);
    }
    if (budget.days < 0) return null;
  }
}

/** Days that can't matter: those after the end, and before the beginning unless they count. */
function cutTo(
  { count, positions }: Rule,
  { start, end }: Period,
  { from, last }: { from: number; last: number },
): Period {
  if (positions.length > 0) return { start, end };
  return {
    start: count === null ? Math.max(start, dayOf(from)) : start,
    end: Math.min(end, dayOf(last) + DAY),
  };
}

function ofPeriod(
  rule: Rule,
  { period, start }: { period: Period; start: number },
  budget: Budget,
): readonly number[] {
  const seconds = start % MINUTE;
  const times = rule.hours.flatMap((hour) =>
    rule.minutes.map((minute) => hour * HOUR + minute * MINUTE + seconds)
  );
  times.sort((a, b) => a - b);
  const all: number[] = [];
  for (let day = period.start; day < period.end && budget.days >= 0; day += DAY) {
    budget.days--;
    if (!isPicked(rule, day)) continue;
    budget.days -= times.length;
    for (const time of times) all.push(day + time);
  }
  return placed(rule, all);
}

/** Of a period's times those at the rule's positions. */
export function placed({ positions }: Rule, all: readonly number[]): readonly number[] {
  if (positions.length === 0) return all;
  const places = positions.map((place) => place > 0 ? place - 1 : all.length + place);
  return [...new Set(places)].sort((a, b) => a - b).flatMap((place) => all[place] ?? []);
}

/** Whether the rule picks a day. */
export function isPicked(rule: Rule, day: number): boolean {
  const { months, monthDays, yearDays, weeks, weekdays } = rule;
  if (months.length + monthDays.length + yearDays.length + weeks.length + weekdays.length === 0) return true;
  const date = new Date(day);
  const [year, month, monthDay] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
  if (months.length > 0 && !months.includes(month + 1)) return false;
  if (monthDays.length > 0) {
    const length = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
    if (!monthDays.includes(monthDay) && !monthDays.includes(monthDay - length - 1)) return false;
  }
  const newYear = Date.UTC(year, 0, 1);
  if (yearDays.length > 0) {
    const yearDay = (day - newYear) / DAY + 1;
    const length = (Date.UTC(year + 1, 0, 1) - newYear) / DAY;
    if (!yearDays.includes(yearDay) && !yearDays.includes(yearDay - length - 1)) return false;
  }
  if (weeks.length > 0 && !isOfWeek(rule, day)) return false;
  return weekdays.length === 0 || isOfWeekday(rule, day);
}

/** The first day of the first week of a year: the week with at least four days in it. */
function firstWeek(year: number, weekStart: number): number {
  const fourth = Date.UTC(year, 0, 4);
  return fourth - ((weekdayOf(fourth) - weekStart + 7) % 7) * DAY;
}

function isOfWeek({ weeks, weekStart }: Rule, day: number): boolean {
  const calendarYear = new Date(day).getUTCFullYear();
  const year = [calendarYear + 1, calendarYear].find((one) => firstWeek(one, weekStart) <= day) ??
    calendarYear - 1;
  const first = firstWeek(year, weekStart);
  const week = Math.floor((day - first) / (7 * DAY)) + 1;
  const length = (firstWeek(year + 1, weekStart) - first) / (7 * DAY);
  return weeks.includes(week) || weeks.includes(week - length - 1);
}

/** `2MO` is the second Monday of the month, or of the year where the rule names no months. */
function isOfWeekday({ frequency, months, weekdays }: Rule, day: number): boolean {
  const weekday = weekdayOf(day);
  const date = new Date(day);
  const year = date.getUTCFullYear();
  const ofMonth = frequency === "MONTHLY" || months.length > 0;
  const start = ofMonth ? Date.UTC(year, date.getUTCMonth(), 1) : Date.UTC(year, 0, 1);
  const end = ofMonth ? Date.UTC(year, date.getUTCMonth() + 1, 1) : Date.UTC(year + 1, 0, 1);
  return weekdays.some((one) => {
    if (one.weekday !== weekday) return false;
    if (one.nth === 0 || (frequency !== "MONTHLY" && frequency !== "YEARLY")) return true;
    const week = 7 * DAY;
    return one.nth > 0
      ? Math.floor((day - start) / week) + 1 === one.nth
      : Math.floor((end - DAY - day) / week) + 1 === -one.nth;
  });
}
