import type { Ctx } from "../context.ts";
import { requireScope } from "../kernel/actors.ts";
import { iso } from "../kernel/clock.ts";
import { notFound } from "../kernel/errors.ts";
import { type Candidate, pickAnyway, pickFree, type Work } from "./policy.ts";
import { selectCandidates } from "./store.ts";
import { selectTeam, type TeamRow } from "./store-teams.ts";

export const DECISIONS = ["assigned", "held", "overflowed", "assigned_anyway"] as const;
export type Decision = typeof DECISIONS[number];

export interface Choice {
  /** null: held. */
  readonly operatorId: string | null;
  /** The team of the operator chosen; of what is held, the one asked. */
  readonly teamId: string | null;
  readonly decision: Decision;
  /** Everybody who was looked at and what spoke for or against each, at most `MOST_EXPLAINED`. */
  readonly explanation: readonly Candidate[];
}

export interface ChoiceRequest {
  /** null: of the whole workspace. */
  readonly teamId: string | null;
  readonly skills?: readonly string[];
  readonly language?: string | null;
  readonly priority?: Work["priority"];
  /** Operators who are not to get it. */
  readonly exclude?: readonly string[];
}

/** Teams that overflow into one another are followed so far. */
const MOST_TEAMS = 5;
const MOST_EXPLAINED = 100;

/**
 * Who gets a piece of work now, and why. Writes nothing: call `takeLoad` in the same transaction, then two choices
 * can't both count on the last place. Throws 404 for a team that is not there.
 */
export async function chooseOperator(at: Ctx, request: ChoiceRequest): Promise<Choice> {
  const seen: Candidate[] = [];
  const visited = new Set<string>();
  for (let teamId = request.teamId; visited.size < MOST_TEAMS;) {
    const team = teamId === null ? null : await loadTeam(at, teamId);
    const work = workFor(at, { request, team });
    const workers = await selectCandidates(at, teamId);
    const free = pickFree(workers, work);
    const anyway = free.worker === null && team?.whenBusy === "assign_anyway";
    const { worker, candidates } = anyway ? pickAnyway(workers, work) : free;
    seen.push(...candidates);
    if (worker !== null) {
      const overflowed = teamId !== request.teamId;
      const decision = anyway ? "assigned_anyway" : overflowed ? "overflowed" : "assigned";
      return { operatorId: worker.id, teamId, decision, explanation: explain(seen) };
    }
    visited.add(teamId ?? "");
    const next = team?.whenBusy === "overflow" ? team.overflowTeamId : null;
    if (next === null || visited.has(next)) break;
    teamId = next;
  }
  return { operatorId: null, teamId: request.teamId, decision: "held", explanation: explain(seen) };
}

/** What `chooseOperator` would say now, for who wants to know. */
export async function previewChoice(ctx: Ctx, request: ChoiceRequest): Promise<Choice> {
  requireScope(ctx, "operators:read");
  return await chooseOperator(ctx, request);
}

async function loadTeam(at: Ctx, id: string): Promise<TeamRow> {
  const team = await selectTeam(at, id);
  if (team === null) throw notFound("team", id);
  return team;
}

function workFor(at: Ctx, { request, team }: { request: ChoiceRequest; team: TeamRow | null }): Work {
  const { skills = [], language = null, priority = "normal", exclude = [] } = request;
  const wanted = new Set([...team?.skills ?? [], ...skills.map((name) => name.trim().toLowerCase())]);
  return {
    now: at.now(),
    teamId: team?.id ?? null,
    skills: [...wanted],
    language,
    priority,
    exclude: [...exclude],
  };
}

/** The chosen one first, then the free ones by fit, then the others. */
function explain(candidates: readonly Candidate[]): Candidate[] {
  const place = ({ outcome }: Candidate) => outcome === "chosen" ? 0 : outcome === "free" ? 1 : 2;
  return [...candidates]
    .sort((a, b) => place(a) - place(b) || (b.fit ?? 0) - (a.fit ?? 0))
    .slice(0, MOST_EXPLAINED);
}

/** One who was looked at, as it goes over the wire. */
export function toCandidateDto(one: Candidate): Omit<Candidate, "waiting_since"> & { waiting_since: string } {
  return { ...one, waiting_since: iso(one.waiting_since) };
}

/** A choice as it goes over the wire. */
export function toChoiceDto({ operatorId, teamId, decision, explanation }: Choice) {
  return { operator_id: operatorId, team_id: teamId, decision, explanation: explanation.map(toCandidateDto) };
}
