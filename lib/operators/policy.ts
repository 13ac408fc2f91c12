import { type Calendar, isOpenNow } from "../business-time/mod.ts";
import type { Presence } from "../../db/schema/operators.ts";
import type { WorkNeeds } from "./schemas.ts";
import type { OperatorRow } from "./store.ts";

/** Why an operator can't take work now. */
export const BLOCKS = [
  "inactive",
  "excluded",
  "skill_missing",
  "offline",
  "away",
  "busy",
  "full",
  "off_shift",
] as const;
export type Block = typeof BLOCKS[number];

/** What of an operator the choice looks at. */
export interface Worker extends WorkerFields {
  readonly shifts: Calendar;
}

type WorkerFields = Pick<
  OperatorRow,
  | "id"
  | "name"
  | "skills"
  | "languages"
  | "capacity"
  | "load"
  | "presence"
  | "presenceUntil"
  | "active"
  | "lastAssignedAt"
  | "createdAt"
>;

/** How much each part counts, of 1 in all. Hard work goes to those who know it best. */
const WEIGHTS = {
  low: { free: 0.55, language: 0.3, skill: 0.15 },
  normal: { free: 0.5, language: 0.3, skill: 0.2 },
  high: { free: 0.4, language: 0.3, skill: 0.3 },
  urgent: { free: 0.3, language: 0.3, skill: 0.4 },
} as const satisfies Record<WorkNeeds["priority"], Record<"free" | "language" | "skill", number>>;

/** One who doesn't answer the door gets work only when it must be given to somebody. */
const REACHABLE: Readonly<Record<Presence, number>> = { online: 1, busy: 0.6, away: 0.4, offline: 0 };
/** What being on shift and being there outweigh when work is given to somebody who is not free. */
const ANYWAY = { onShift: 4, reachable: 2 } as const;

const TOP_LEVEL = 5;

/** The presence that counts now: without a sign of life it ends. */
export function presenceAt(worker: Pick<Worker, "presence" | "presenceUntil">, now: number): Presence {
  return (worker.presenceUntil ?? 0) > now ? worker.presence : "offline";
}

/** The shifts of a row, as a calendar. */
export function shiftsOf(
  { timezone, hours, daysOff }: Pick<OperatorRow, "timezone" | "hours" | "daysOff">,
): Calendar {
  return { timezone, hours, holidays: daysOff };
}

/** The first thing that keeps the operator from work; null: free for it. */
export function blockOf(
  worker: Worker,
  { now, skills = [], exclude = [] }: {
    now: number;
    skills?: readonly string[];
    exclude?: readonly string[];
  },
): Block | null {
  if (!worker.active) return "inactive";
  if (exclude.includes(worker.id)) return "excluded";
  if (!hasSkills(worker, skills)) return "skill_missing";
  const presence = presenceAt(worker, now);
  if (presence !== "online") return presence;
  if (worker.load >= worker.capacity) return "full";
  // Last, because reading a wall clock costs most.
  return isOpenNow(worker.shifts, now) ? null : "off_shift";
}

const hasSkills = (worker: Worker, skills: readonly string[]) =>
  skills.every((wanted) => worker.skills.some(({ name }) => name === wanted));

/** How well the work fits: 0 to 1, below for who has more than the capacity. The freest, by the share of the capacity, who speaks and knows most. */
export function fitOf(
  worker: Worker,
  { skills, language, priority }: Pick<WorkNeeds, "skills" | "language" | "priority">,
): number {
  const weight = WEIGHTS[priority];
  const free = 1 - worker.load / Math.max(worker.capacity, 1);
  const levels = skills.map((wanted) => worker.skills.find(({ name }) => name === wanted)?.level ?? 0);
  const skill = levels.length === 0
    ? 1
    : levels.reduce((sum, one) => sum + one, 0) / levels.length / TOP_LEVEL;
  const fit = weight.free * free + weight.skill * skill +
    weight.language * (speaks(worker, language) ? 1 : 0);
  return round(fit);
}

/** `es-MX` is spoken by who speaks `es`, and the other way round. */
function speaks({ languages }: Worker, language: string | null): boolean {
  if (language === null) return true;
  const [wanted] = language.toLowerCase().split("-");
  return languages.some((one) => one.toLowerCase().split("-")[0] === wanted);
}

/** Equal fits must be equal numbers, or who waited longest would not decide. */
const round = (fit: number) => Math.round(fit * 1e6) / 1e6;

/** One who was looked at, and what was found. */
export interface Candidate {
  readonly operator_id: string;
  readonly name: string;
  readonly team_id: string | null;
  /** `chosen`, `free` (another one fits better), or what keeps the operator from it. */
  readonly outcome: "chosen" | "free" | Block;
  /** Up to 1; null for one who can't take it. */
  readonly fit: number | null;
  readonly load: number;
  readonly capacity: number;
  /** Since when no work was given. */
  readonly waiting_since: number;
}

/** The work that somebody is wanted for. */
export interface Work extends WorkNeeds {
  readonly now: number;
  readonly teamId: string | null;
}

export interface Picked {
  readonly worker: Worker | null;
  readonly candidates: readonly Candidate[];
}

/** The free operator who fits best; among equals who waited longest. */
export function pickFree(workers: readonly Worker[], work: Work): Picked {
  const looked = workers.map((worker) => {
    const block = blockOf(worker, work);
    return { worker, block, rank: block === null ? fitOf(worker, work) : null };
  });
  return conclude(looked, work);
}

/** Somebody, free or not: first who is on shift and there, then who fits. Those without the skill only if nobody has it. */
export function pickAnyway(workers: readonly Worker[], work: Work): Picked {
  const blocks = workers.map((worker) => ({ worker, block: blockOf(worker, work) }));
  const possible = (one: { block: Block | null }) => one.block !== "inactive" && one.block !== "excluded";
  const skilled = blocks.some((one) => possible(one) && one.block !== "skill_missing");
  const looked = blocks.map((one) => {
    const may = possible(one) && !(skilled && one.block === "skill_missing");
    return { ...one, rank: may ? rankAnyway(one.worker, work) : null };
  });
  return conclude(looked, work);
}

function rankAnyway(worker: Worker, work: Work): number {
  const { now } = work;
  const shift = isOpenNow(worker.shifts, now) ? ANYWAY.onShift : 0;
  return round(shift + ANYWAY.reachable * REACHABLE[presenceAt(worker, now)] + fitOf(worker, work));
}

interface Looked {
  readonly worker: Worker;
  readonly block: Block | null;
  /** null: out of the question. */
  readonly rank: number | null;
}

function conclude(looked: readonly Looked[], work: Work): Picked {
  const best = looked.reduce<Looked | null>(
    (top, one) => one.rank === null || !beats(one, top) ? top : one,
    null,
  );
  const candidates = looked.map(({ worker, block, rank }): Candidate => ({
    operator_id: worker.id,
    name: worker.name,
    team_id: work.teamId,
    outcome: worker === best?.worker ? "chosen" : block ?? "free",
    fit: rank === null ? null : fitOf(worker, work),
    load: worker.load,
    capacity: worker.capacity,
    waiting_since: waitingSince(worker),
  }));
  return { worker: best?.worker ?? null, candidates };
}

function beats(one: Looked, top: Looked | null): boolean {
  if (top === null || one.rank === null || top.rank === null) return top === null;
  if (one.rank !== top.rank) return one.rank > top.rank;
  const [since, before] = [waitingSince(one.worker), waitingSince(top.worker)];
  return since === before ? one.worker.id < top.worker.id : since < before;
}

const waitingSince = ({ lastAssignedAt, createdAt }: Worker) => lastAssignedAt ?? createdAt;
