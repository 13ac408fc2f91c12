import type { Hired, VisitEntry } from "./log.ts";
import { DAY } from "./plan.ts";

type Asked = Extract<VisitEntry, { start: number }>;

interface Booked {
  readonly visit: string;
  readonly operator: string;
  start: number;
  length: number;
  state: string;
}

export interface VisitsRecount {
  /** What every asking had to be answered. */
  readonly answers: readonly { readonly outcome: Asked["outcome"]; readonly slots: readonly number[] }[];
  readonly states: Readonly<Record<string, string>>;
  readonly mails: readonly string[];
}

/** Minutes between two visits at different places. */
const WAY = 30;
const SLOT = 30;
const OFFERED = 5;
/** Minutes before, to whom. */
const REMINDERS = [[1440, "client"], [120, "client"], [60, "operator"]] as const;
const STANDS = ["scheduled", "confirmed", "checked_in"];

/** Keeps the diaries of operators on paper. */
export function recountVisits(log: readonly VisitEntry[], hired: readonly Hired[]): VisitsRecount {
  const diary = new Map<string, Booked>();
  const answers: { outcome: Asked["outcome"]; slots: number[] }[] = [];
  const mails: string[] = [];
  const reminders: { minute: number; visit: string; start: number; side: "client" | "operator" }[] = [];

  const others = ({ operator, visit }: Asked) =>
    [...diary.values()].filter((one) =>
      one.operator === operator && one.visit !== visit && STANDS.includes(one.state)
    );
  const clash = (asked: Asked, start: number, way: number) =>
    others(asked).some((one) =>
      one.start < start + asked.length + way && start < one.start + one.length + way
    );

  /** The five free half hours that are nearest, in order. */
  function offers(asked: Asked): number[] {
    const free: number[] = [];
    for (let at = Math.ceil(asked.minute / SLOT) * SLOT; at < asked.minute + 2 * 24 * 60; at += SLOT) {
      if (!clash(asked, at, WAY)) free.push(at);
    }
    const far = (at: number) => Math.abs(at - asked.start);
    return free.sort((a, b) => far(a) - far(b) || a - b).slice(0, OFFERED).sort((a, b) => a - b);
  }

  function tell(one: Booked, title: string, timed = true): void {
    const at = timed ? `, ${written(one.start)}` : "";
    const subject = `${title}: ${one.visit}${at}`;
    mails.push(`${clientMail(one.visit)} | ${subject}`);
    mails.push(`${hired.find(({ id }) => id === one.operator)?.mail} | ${subject}`);
  }

  function remind(now: number): void {
    for (const { minute, visit, start, side } of reminders.filter((one) => one.minute === now)) {
      const one = diary.get(visit);
      if (one === undefined || one.start !== start || !["scheduled", "confirmed"].includes(one.state)) {
        continue;
      }
      const to = side === "client" ? clientMail(visit) : hired.find(({ id }) => id === one.operator)?.mail;
      if (minute <= DAY.minutes) mails.push(`${to} | Recordatorio: ${visit}, ${written(start)}`);
    }
  }

  function ask(asked: Asked): void {
    const outcome = clash(asked, asked.start, 0)
      ? "overlap"
      : clash(asked, asked.start, WAY)
      ? "travel"
      : "made";
    answers.push({ outcome, slots: outcome === "made" ? [] : offers(asked) });
    if (outcome !== "made") return;
    const { visit, operator, start, length, minute } = asked;
    const one = { visit, operator, start, length, state: "scheduled" };
    diary.set(visit, one);
    tell(one, asked.what === "ask" ? "Visita" : "La visita cambió");
    for (const [before, side] of REMINDERS) {
      const known = reminders.some((it) =>
        it.visit === visit && it.start === start && it.side === side && it.minute === start - before
      );
      // Moved to the time that it had, it is reminded of once all the same.
      if (start - before > minute && !known) reminders.push({ minute: start - before, visit, start, side });
    }
  }

  const AFTER = {
    confirm: "confirmed",
    cancel: "cancelled",
    check_in: "checked_in",
    check_out: "completed",
    no_show: "no_show",
  } as const;
  const byMinute = Map.groupBy(log, ({ minute }) => minute);
  for (let minute = 0; minute <= DAY.minutes; minute++) {
    remind(minute);
    for (const entry of byMinute.get(minute) ?? []) {
      if (entry.what === "ask" || entry.what === "move") ask(entry);
      else {
        const one = diary.get(entry.visit);
        if (one === undefined) continue;
        one.state = AFTER[entry.what];
        if (entry.what === "cancel") tell(one, "Visita cancelada", false);
      }
    }
  }
  const states = Object.fromEntries(
    [...diary].map(([visit, { state, start }]) => [visit, `${state} ${start}`]),
  );
  return { answers, states, mails };
}

export function clientMail(visit: string): string {
  return `${visit}@correo.example`;
}

/** `lunes, 5 de enero de 2026, 09:00 GMT-6`: the day is fixed, so only the time is reckoned. */
function written(minute: number): string {
  const days = Math.floor((9 * 60 + minute) / 1440);
  const clock = (9 * 60 + minute) % 1440;
  const pad = (value: number) => String(value).padStart(2, "0");
  const day = ["lunes, 5", "martes, 6", "miércoles, 7"][days];
  return `${day} de enero de 2026, ${pad(Math.floor(clock / 60))}:${pad(clock % 60)} GMT-6`;
}
