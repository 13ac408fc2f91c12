import type { Entry, Hired } from "./log.ts";
import { DAY, PRIORITIES, type Priority, type TeamName, WHEN_BUSY } from "./plan.ts";

/** Who had a ticket from when on; null: nobody. */
export interface Holding {
  readonly minute: number;
  /** At the end of the minute, when what was held went out. */
  readonly late: boolean;
  readonly operator: string | null;
  readonly team: TeamName;
}

interface Seat extends Hired {
  load: number;
  presence: "online" | "away" | "busy" | "offline";
  /** When work was last given to it. */
  last: number;
}

interface Case {
  readonly id: string;
  readonly number: number;
  readonly skills: readonly string[];
  readonly language: string | null;
  priority: Priority;
  team: TeamName;
  operator: string | null;
  /** It takes a place: neither waits for the customer nor is done. */
  working: boolean;
  done: boolean;
  readonly holdings: Holding[];
}

/** `late`: at the end of the minute, by nobody's deed on the ticket. */
interface Given {
  readonly minute: number;
  readonly late: boolean;
  readonly ticket: string;
  readonly operator: string;
}

export interface DeskRecount {
  readonly holdings: ReadonlyMap<string, readonly Holding[]>;
  /** When a ticket was given to an operator, in order. */
  readonly given: readonly Given[];
  readonly loads: ReadonlyMap<string, number>;
}

/** The share of each part in how well work fits, as the manual says. */
const SHARES = {
  low: [0.55, 0.3, 0.15],
  normal: [0.5, 0.3, 0.2],
  high: [0.4, 0.3, 0.3],
  urgent: [0.3, 0.3, 0.4],
} as const satisfies Record<Priority, readonly [free: number, language: number, skill: number]>;
const THERE = { online: 1, busy: 0.6, away: 0.4, offline: 0 } as const;

/** Plays the day again on paper: who is free, who fits best, who waited longest. */
export function recountDesk(log: readonly Entry[], hired: readonly Hired[]): DeskRecount {
  const seats = hired.map((one): Seat => ({ ...one, load: 0, presence: "online", last: -1 }));
  const cases = new Map<string, Case>();
  const given: Given[] = [];
  const seatOf = (id: string | null) => seats.find((seat) => seat.id === id);

  const knows = (seat: Seat, skills: readonly string[]) =>
    skills.every((skill) => seat.skills.some(({ name }) => name === skill));

  function fit(seat: Seat, skills: readonly string[], { language, priority }: Case): number {
    const [free, tongue, skill] = SHARES[priority];
    const levels = skills.map((name) => seat.skills.find((one) => one.name === name)?.level ?? 0);
    const known = levels.length === 0 ? 1 : levels.reduce((a, b) => a + b, 0) / levels.length / 5;
    const speaks = language === null || seat.languages.includes(language.slice(0, 2)) ? 1 : 0;
    const sum = free * (1 - seat.load / seat.capacity) + skill * known + tongue * speaks;
    return Math.round(sum * 1e6) / 1e6;
  }

  /** The best by a score; of equals who waited longest, then the first by id. */
  function best(able: readonly Seat[], score: (seat: Seat) => number): Seat | null {
    return [...able].sort((a, b) => score(b) - score(a) || a.last - b.last || (a.id < b.id ? -1 : 1))[0] ??
      null;
  }

  interface Found {
    readonly seat: Seat | null;
    readonly team: TeamName;
    /** Everybody who could have taken it. */
    readonly free: readonly Seat[];
  }

  interface Moment {
    readonly minute: number;
    readonly late?: boolean;
  }

  function choose(one: Case): Found {
    const free: Seat[] = [];
    for (let team: TeamName | null = one.team; team !== null;) {
      const { when_busy, overflow, skills: asked }: typeof WHEN_BUSY[TeamName] = WHEN_BUSY[team];
      const skills = [...new Set<string>([...asked, ...one.skills])];
      const here: TeamName = team;
      const members = seats.filter(({ teams }) => teams.includes(here));
      const able = members.filter((seat) =>
        knows(seat, skills) && seat.presence === "online" && seat.load < seat.capacity
      );
      free.push(...able);
      const chosen = best(able, (seat) => fit(seat, skills, one));
      if (chosen !== null) return { seat: chosen, team, free };
      if (when_busy === "assign_anyway") {
        const skilled = members.filter((seat) => knows(seat, skills));
        const all = skilled.length > 0 ? skilled : members;
        const rank = (seat: Seat) =>
          Math.round((4 + 2 * THERE[seat.presence] + fit(seat, skills, one)) * 1e6) / 1e6;
        return { seat: best(all, rank), team, free };
      }
      team = when_busy === "overflow" ? overflow : null;
    }
    return { seat: null, team: one.team, free };
  }

  function take(one: Case, minute: number): void {
    const seat = seatOf(one.operator);
    if (seat === undefined || !one.working) return;
    seat.load++;
    seat.last = minute;
  }

  function leave(one: Case): void {
    const seat = seatOf(one.operator);
    if (seat !== undefined && one.working) seat.load = Math.max(0, seat.load - 1);
  }

  function give(one: Case, { seat, team }: Found, { minute, late = false }: Moment): void {
    const operator = seat?.id ?? null;
    if (operator !== null) one.team = team;
    if (operator !== null && operator !== one.operator) {
      given.push({ minute, late, ticket: one.id, operator });
    }
    one.operator = operator;
    one.holdings.push({ minute, late, operator, team: one.team });
  }

  function setWorking(one: Case, working: boolean, minute: number): void {
    if (one.working === working) return;
    if (!working) leave(one);
    one.working = working;
    if (working) take(one, minute);
  }

  function act(entry: Entry): void {
    if (entry.what === "presence") {
      const seat = seatOf(entry.operator);
      if (seat !== undefined) seat.presence = entry.presence;
      return;
    }
    const { minute, ticket: id } = entry;
    if (entry.what === "open") {
      const { number, skills, locale: language, priority, team } = entry;
      const holdings: Holding[] = [];
      const one: Case = {
        id,
        number,
        skills,
        language,
        priority,
        team,
        operator: null,
        working: true,
        done: false,
        holdings,
      };
      cases.set(id, one);
      give(one, choose(one), { minute });
      take(one, minute);
      return;
    }
    const one = cases.get(id);
    if (one === undefined) return;
    if (entry.what === "priority") one.priority = entry.priority;
    else if (entry.what === "wait") setWorking(one, false, minute);
    else if (entry.what === "customer" || entry.what === "continue") {
      if (one.operator === null && !one.working) give(one, choose(one), { minute });
      setWorking(one, true, minute);
    } else if (entry.what === "resolve") {
      setWorking(one, false, minute);
      one.done = true;
    } else if (entry.what === "reopen") {
      one.done = false;
      const found = choose(one);
      const same = found.seat?.id === one.operator || found.free.some((seat) => seat.id === one.operator);
      if (one.operator === null || !same) give(one, found, { minute });
      setWorking(one, true, minute);
    }
  }

  /** What is held goes out, the most urgent first, of those the oldest. */
  function drain(minute: number): void {
    const held = [...cases.values()].filter((one) => one.operator === null && one.working && !one.done);
    const urgency = ({ priority }: Case) => -PRIORITIES.indexOf(priority);
    for (const one of held.sort((a, b) => urgency(a) - urgency(b) || a.number - b.number)) {
      const found = choose(one);
      if (found.seat === null) continue;
      give(one, found, { minute, late: true });
      take(one, minute);
    }
  }

  const byMinute = Map.groupBy(log, ({ minute }) => minute);
  for (let minute = 0; minute <= DAY.minutes; minute++) {
    for (const entry of byMinute.get(minute) ?? []) act(entry);
    drain(minute);
  }
  return {
    holdings: new Map([...cases].map(([id, { holdings }]) => [id, holdings])),
    given,
    loads: new Map(seats.map(({ id, load }) => [id, load])),
  };
}
