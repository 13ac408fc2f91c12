import type { Tx } from "../context.ts";
import {
  type Candidate,
  type Choice,
  chooseOperator,
  findOperator,
  findTeam,
  takeLoad,
} from "../operators/mod.ts";
import { findCategory } from "./presets.ts";
import { isWorking } from "./policy.ts";
import { settingsOf } from "./settings.ts";
import type { TicketRow } from "./store.ts";
import { selectDesk } from "./store-desk.ts";

/** One who was looked at. A name is looked up when somebody asks. */
export type KeptCandidate = readonly [
  operatorId: string,
  teamId: string | null,
  outcome: Candidate["outcome"],
  fit: number | null,
  load: number,
  capacity: number,
  /** Milliseconds before the decision. */
  waited: number,
];

/**
 * Why somebody has a ticket, or why nobody has: kept in the ticket's row, so as short as can be (spelled out it made a
 * ticket a page of the database). `explainAssignment` gives it words.
 */
export interface Assignment {
  /** `given`: a person said who; else what the choice of operators decided. */
  readonly decision: "given" | "taken_away" | Choice["decision"];
  readonly operator_id: string | null;
  readonly team_id: string | null;
  readonly by: string;
  /** UTC milliseconds. */
  readonly at: number;
  /** Those who were looked at, the chosen one first, at most `MOST_KEPT`. */
  readonly looked: readonly KeptCandidate[];
}

const MOST_KEPT = 10;

/** A decision of a person. */
export function givenBy(tx: Tx, { operatorId, teamId }: Pick<Choice, "operatorId" | "teamId">): Assignment {
  return {
    decision: operatorId === null ? "taken_away" : "given",
    operator_id: operatorId,
    team_id: teamId,
    by: tx.actor.id,
    at: tx.now(),
    looked: [],
  };
}

/** What a ticket asks of an operator. */
export interface Needs {
  readonly teamId: string | null;
  readonly skills: readonly string[];
  readonly locale: string | null;
  readonly priority: TicketRow["priority"];
}

export interface Assigned {
  readonly assigneeId: string | null;
  readonly teamId: string | null;
  readonly assignment: Assignment;
}

/** Chooses who gets it now; nobody may be free. The place is not taken yet: `holdPlace`, in the same transaction. */
export async function choose(tx: Tx, needs: Needs): Promise<Assigned> {
  return (await decide(tx, needs)).assigned;
}

async function decide(
  tx: Tx,
  { teamId, skills, locale, priority }: Needs,
): Promise<{ choice: Choice; assigned: Assigned }> {
  const choice = await chooseOperator(tx, { teamId, skills, language: locale, priority });
  const { operatorId, decision, explanation } = choice;
  const at = tx.now();
  const kept: Assignment = {
    decision,
    operator_id: operatorId,
    team_id: choice.teamId,
    by: "assignment",
    at,
    looked: explanation.slice(0, MOST_KEPT).map((one) => keptOf(one, at)),
  };
  const found = operatorId !== null;
  const place = { assigneeId: operatorId, teamId: found ? choice.teamId : teamId };
  return { choice, assigned: { ...place, assignment: kept } };
}

function keptOf(
  { operator_id, team_id, outcome, fit, load, capacity, waiting_since }: Candidate,
  at: number,
): KeptCandidate {
  return [operator_id, team_id, outcome, fit, load, capacity, at - waiting_since];
}

/** The team of a ticket, as long as it is there, and the skills that its category asks for. */
export async function needsOf(
  tx: Tx,
  { teamId, categoryId, locale, priority }: Pick<TicketRow, "teamId" | "categoryId" | "locale" | "priority">,
): Promise<Needs> {
  const category = categoryId === null ? null : await findCategory(tx, categoryId);
  const team = teamId === null ? null : await findTeam(tx, teamId);
  return { teamId: team?.id ?? null, skills: category?.skills ?? [], locale, priority };
}

/** Takes a place of the operator for a ticket that has to be worked on. */
export async function holdPlace(tx: Tx, { assigneeId, state }: Pick<TicketRow, "assigneeId" | "state">) {
  if (assigneeId !== null && isWorking(state)) await takeLoad(tx, { operatorId: assigneeId, anyway: true });
}

/**
 * Who has a ticket that somebody has to work on again: the one who had it while free for it, else somebody who is, else
 * nobody until a place is free. Where the desk does not choose, it stays where it was, unless that one gets no more work.
 */
export async function reassess(tx: Tx, row: TicketRow): Promise<Partial<Assigned> | Unassigned> {
  if (!settingsOf(await selectDesk(tx)).auto_assign) {
    const had = row.assigneeId === null ? null : await findOperator(tx, row.assigneeId);
    return row.assigneeId === null || had?.active === true ? {} : { assigneeId: null, assignment: null };
  }
  const { choice, assigned } = await decide(tx, await needsOf(tx, row));
  const had = choice.explanation.find(({ operator_id }) => operator_id === row.assigneeId);
  return had?.outcome === "free" || had?.outcome === "chosen" ? {} : assigned;
}

interface Unassigned {
  readonly assigneeId: null;
  readonly assignment: null;
}
