import { minutesOf } from "../unit/business-time/oracle.ts";
import type { Entry } from "./log.ts";
import { DAY, HOURS, HOURS_CHANGE, POLICIES, type PolicyName, type Priority, WARN_SHARE } from "./plan.ts";

type Kind = "first_response" | "next_response" | "resolution";

/** A promise as a person with a wall chart would keep it: minutes are counted one by one. */
export interface Promised {
  readonly kind: Kind;
  state: "running" | "paused" | "met" | "breached" | "stopped";
  /** null: nothing is promised. */
  target: number | null;
  counted: number;
  counts: boolean;
  over: boolean;
  warnedAt: number | null;
  brokenAt: number | null;
}

/** What is told of promises, and when. */
export interface News {
  readonly minute: number;
  readonly ticket: string;
  readonly what: "warned" | "breached";
  /** By the clock alone, before anybody did anything in that minute. */
  readonly early: boolean;
}

export interface PromisesRecount {
  readonly promises: ReadonlyMap<string, readonly Promised[]>;
  readonly news: readonly News[];
}

interface Kept {
  readonly policy: PolicyName;
  priority: Priority;
  paused: boolean;
  done: boolean;
  readonly all: Promised[];
}

export function recountPromises(log: readonly Entry[]): PromisesRecount {
  const charts = HOURS.map((hours) =>
    minutesOf({ timezone: DAY.zone, hours, holidays: [] }, { start: DAY.start, days: 1 }).open
  );
  const kept = new Map<string, Kept>();
  const news: News[] = [];
  const byMinute = Map.groupBy(log, ({ minute }) => minute);

  /** Warns and breaks what its count has come to. */
  function judge(
    ticket: string,
    one: Promised,
    { minute, early = false }: { minute: number; early?: boolean },
  ): void {
    if (one.over || !one.counts || one.target === null || one.state === "breached") return;
    if (one.counted >= one.target) {
      one.state = "breached";
      one.brokenAt = minute;
      news.push({ minute, ticket, what: "breached", early });
    } else if (one.counted >= one.target * WARN_SHARE && one.warnedAt === null) {
      one.warnedAt = minute;
      news.push({ minute, ticket, what: "warned", early });
    }
  }

  function begin(ticket: string, kind: Kind): void {
    const holder = kept.get(ticket);
    if (holder === undefined) return;
    const target = POLICIES[holder.policy][kind][holder.priority];
    holder.all.push({
      kind,
      state: "running",
      target,
      counted: 0,
      counts: true,
      over: false,
      warnedAt: null,
      brokenAt: null,
    });
  }

  function end(one: Promised, as: "met" | "stopped"): void {
    if (one.over) return;
    one.over = true;
    one.counts = false;
    if (one.state !== "breached") one.state = one.target === null ? "stopped" : as;
  }

  const open = ({ all }: Kept) => all.filter(({ over }) => !over);

  function resume(ticket: string, holder: Kept, minute: number): void {
    holder.paused = false;
    for (const one of open(holder)) {
      one.counts = true;
      if (one.state === "paused") one.state = "running";
      judge(ticket, one, { minute });
    }
  }

  function act(entry: Entry): void {
    if (!("ticket" in entry)) return;
    const { minute, ticket } = entry;
    if (entry.what === "open") {
      const { policy, priority } = entry;
      kept.set(ticket, { policy, priority, paused: false, done: false, all: [] });
      begin(ticket, "first_response");
      begin(ticket, "resolution");
      return;
    }
    const holder = kept.get(ticket);
    if (holder === undefined) return;
    if (entry.what === "respond") {
      for (const one of open(holder)) if (one.kind !== "resolution") end(one, "met");
    } else if (entry.what === "wait") {
      holder.paused = true;
      for (const one of open(holder)) {
        one.counts = false;
        if (one.state === "running") one.state = "paused";
      }
    } else if (entry.what === "customer") {
      if (open(holder).every(({ kind }) => kind === "resolution")) begin(ticket, "next_response");
      if (holder.paused) resume(ticket, holder, minute);
    } else if (entry.what === "continue") {
      resume(ticket, holder, minute);
    } else if (entry.what === "resolve") {
      for (const one of open(holder)) end(one, one.kind === "resolution" ? "met" : "stopped");
      holder.done = true;
      holder.paused = false;
    } else if (entry.what === "reopen") {
      reopen(holder);
      resume(ticket, holder, minute);
    } else if (entry.what === "priority") {
      holder.priority = entry.priority;
      for (const one of open(holder)) retarget(ticket, { holder, one, minute });
    }
  }

  /** The resolution goes on from where it was met. */
  function reopen(holder: Kept): void {
    holder.done = false;
    const last = holder.all.findLast(({ kind }) => kind === "resolution");
    if (last === undefined) return;
    last.over = false;
    last.state = last.brokenAt === null ? "paused" : "breached";
  }

  function retarget(
    ticket: string,
    { holder, one, minute }: { holder: Kept; one: Promised; minute: number },
  ): void {
    const target = POLICIES[holder.policy][one.kind][holder.priority];
    if (target !== one.target && (target === null || one.counted < target)) one.warnedAt = null;
    one.target = target;
    if (one.state === "breached" && (target === null || one.counted < target)) {
      one.state = one.counts ? "running" : "paused";
      one.brokenAt = null;
    }
    judge(ticket, one, { minute });
  }

  for (let minute = 0; minute <= DAY.minutes; minute++) {
    for (const [ticket, holder] of kept) {
      const chart = holder.policy === "gold" ? null : charts[minute - 1 < HOURS_CHANGE ? 0 : 1];
      for (const one of holder.all) {
        if (!one.counts || !(chart?.[minute - 1] ?? true)) continue;
        one.counted++;
        judge(ticket, one, { minute, early: true });
      }
    }
    for (const entry of byMinute.get(minute) ?? []) act(entry);
  }
  return { promises: new Map([...kept].map(([ticket, { all }]) => [ticket, all])), news };
}
