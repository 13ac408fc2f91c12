import { type Chance, createChance } from "./chance.ts";

/** The day: Monday, from 9:00 to 17:00 in Monterrey. Everything happens on whole minutes of it. */
export const DAY = {
  start: Date.UTC(2026, 0, 5, 15, 0, 0),
  minutes: 480,
  zone: "America/Monterrey",
} as const;

export const PRIORITIES = ["low", "normal", "high", "urgent"] as const;
export type Priority = typeof PRIORITIES[number];

/** Open hours in the morning's belief, and after the owner changes them at `HOURS_CHANGE`. */
const WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday"] as const;
const week = (...shifts: { from: string; to: string }[]) =>
  Object.fromEntries(WEEKDAYS.map((day) => [day, shifts]));
export const HOURS = [
  week({ from: "09:00", to: "14:00" }, { from: "16:00", to: "20:00" }),
  week({ from: "09:00", to: "14:00" }, { from: "15:30", to: "19:00" }),
] as const;
export const HOURS_CHANGE = 350;

/** Minutes that are promised; `base` in business time, `gold` by the wall clock. */
export const POLICIES = {
  base: {
    counts: "business",
    first_response: { low: 120, normal: 60, high: 30, urgent: 15 },
    next_response: { low: 120, normal: 45, high: 30, urgent: 15 },
    resolution: { low: null, normal: 240, high: 180, urgent: 90 },
  },
  gold: {
    counts: "wall",
    first_response: { low: 60, normal: 30, high: 20, urgent: 10 },
    next_response: { low: 60, normal: 30, high: 20, urgent: 10 },
    resolution: { low: 300, normal: 120, high: 90, urgent: 60 },
  },
} as const;
export type PolicyName = keyof typeof POLICIES;
export const WARN_SHARE = 0.8;

export const TEAMS = ["mesa", "campo", "cobros", "redes"] as const;
export type TeamName = typeof TEAMS[number];
/** What each team does when nobody is free. */
export const WHEN_BUSY = {
  mesa: { when_busy: "hold", overflow: null, skills: [] },
  campo: { when_busy: "overflow", overflow: "mesa", skills: ["equipos"] },
  cobros: { when_busy: "assign_anyway", overflow: null, skills: [] },
  redes: { when_busy: "hold", overflow: null, skills: ["redes"] },
} as const satisfies Record<TeamName, {
  when_busy: string;
  overflow: TeamName | null;
  skills: readonly string[];
}>;

export const CATEGORIES = [
  { name: "Dudas", team: "mesa", skills: [] },
  { name: "Reparación", team: "campo", skills: [] },
  { name: "Garantía", team: "campo", skills: ["garantia"] },
  { name: "Facturas", team: "cobros", skills: ["facturas"] },
  { name: "Pagos", team: "cobros", skills: [] },
  { name: "Internet", team: "redes", skills: [] },
] as const;

export interface PlannedOperator {
  readonly teams: readonly TeamName[];
  readonly skills: readonly { readonly name: string; readonly level: number }[];
  readonly languages: readonly string[];
  readonly capacity: number;
}

export type Step =
  | { readonly what: "respond" | "wait" | "customer" | "resolve" | "reopen" }
  | { readonly what: "priority"; readonly priority: Priority };

export interface PlannedTicket {
  readonly minute: number;
  readonly category: number;
  readonly priority: Priority;
  readonly policy: PolicyName;
  /** Whoever writes in a conversation, or a contact with an address for mail. */
  readonly from: "conversation" | "mail";
  readonly locale: "es" | "en";
  readonly watched: boolean;
  /** Minutes of the day, in order, a minute apart at least. */
  readonly steps: readonly { readonly minute: number; readonly step: Step }[];
}

const ABSENT = ["away", "busy", "offline"] as const;

export interface Absence {
  readonly operator: number;
  readonly minute: number;
  readonly presence: typeof ABSENT[number];
  readonly back: number;
}

/** What becomes of a visit, in minutes of the day; a step that comes too late for the day is left out. */
export interface PlannedVisit {
  /** When it is asked for, and for when. */
  readonly minute: number;
  readonly start: number;
  readonly length: number;
  readonly operator: number;
  readonly steps: readonly { readonly minute: number; readonly what: "confirm" | "move" | "cancel" }[];
  /** Whether somebody is there when the operator comes. */
  readonly met: boolean;
}

export interface Plan {
  readonly operators: readonly PlannedOperator[];
  readonly tickets: readonly PlannedTicket[];
  readonly absences: readonly Absence[];
  readonly visits: readonly PlannedVisit[];
}

export interface PlanSize {
  readonly operators: number;
  readonly tickets: number;
  readonly visits: number;
}

export function makePlan(seed: number, { operators, tickets, visits }: PlanSize): Plan {
  const chance = createChance(seed);
  return {
    operators: Array.from({ length: operators }, (_, at) => operatorOf(chance, at)),
    tickets: Array.from({ length: tickets }, () => ticketOf(chance)).sort((a, b) => a.minute - b.minute),
    absences: Array.from({ length: operators }, (_, operator) => {
      const minute = chance.int(20, DAY.minutes - 120);
      const presence = chance.of(ABSENT);
      return { operator, minute, presence, back: minute + chance.int(10, 90) };
    }),
    visits: Array.from({ length: visits }, () => visitOf(chance, operators))
      .sort((a, b) => a.minute - b.minute),
  };
}

function visitOf(chance: Chance, operators: number): PlannedVisit {
  const minute = chance.int(0, 300);
  const start = minute + 15 + 15 * chance.int(0, 14);
  const steps: PlannedVisit["steps"][number][] = [];
  let at = minute;
  const then = (what: PlannedVisit["steps"][number]["what"]) => {
    at += chance.int(1, 20);
    if (at < start - 1) steps.push({ minute: at, what });
  };
  if (chance.happens(0.6)) then("confirm");
  if (chance.happens(0.2)) then("move");
  if (chance.happens(0.15)) then("cancel");
  return {
    minute,
    start,
    length: 15 * chance.int(2, 4),
    operator: chance.int(0, operators - 1),
    steps,
    met: chance.happens(0.9),
  };
}

const SKILLS = ["equipos", "garantia", "facturas", "redes"] as const;

function operatorOf(chance: Chance, at: number): PlannedOperator {
  const own = TEAMS[at % TEAMS.length] ?? "mesa";
  const second = chance.happens(0.3) ? chance.of(TEAMS) : own;
  return {
    teams: [...new Set([own, second])],
    skills: SKILLS.filter(() => chance.happens(0.7)).map((name) => ({ name, level: chance.int(1, 5) })),
    languages: chance.happens(0.4) ? ["es", "en"] : chance.happens(0.1) ? ["en"] : ["es"],
    capacity: chance.int(2, 6),
  };
}

function ticketOf(chance: Chance): PlannedTicket {
  // More of them in the morning, as on a Monday.
  const minute = Math.floor(Math.pow(chance.next(), 1.4) * (DAY.minutes - 40));
  return {
    minute,
    category: chance.int(0, CATEGORIES.length - 1),
    priority: chance.of(PRIORITIES),
    policy: chance.happens(0.25) ? "gold" : "base",
    from: chance.happens(0.5) ? "conversation" : "mail",
    locale: chance.happens(0.25) ? "en" : "es",
    watched: chance.happens(0.04),
    steps: stepsOf(chance, minute),
  };
}

function stepsOf(chance: Chance, opened: number): PlannedTicket["steps"] {
  const steps: { minute: number; step: Step }[] = [];
  let minute = opened;
  const then = (low: number, high: number, step: Step) => {
    minute += chance.int(low, high);
    if (minute < DAY.minutes) steps.push({ minute, step });
  };
  if (chance.happens(0.08)) return steps;
  if (chance.happens(0.15)) then(1, 20, { what: "priority", priority: chance.of(PRIORITIES) });
  then(1, 40, { what: "respond" });
  for (let round = chance.int(0, 2); round > 0; round--) {
    if (chance.happens(0.5)) then(1, 10, { what: "wait" });
    then(2, 40, { what: "customer" });
    then(1, 40, { what: "respond" });
  }
  if (chance.happens(0.1)) then(1, 30, { what: "priority", priority: chance.of(PRIORITIES) });
  if (!chance.happens(0.9)) return steps;
  then(1, 45, { what: "resolve" });
  if (chance.happens(0.12)) {
    then(12, 60, { what: "reopen" });
    then(1, 30, { what: "respond" });
    then(1, 30, { what: "resolve" });
  }
  return steps;
}
