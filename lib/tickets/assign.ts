import type { Tx } from "../context.ts";
import { iso } from "../kernel/clock.ts";
import { type Choice, chooseOperator, takeLoad, toChoiceDto } from "../operators/mod.ts";
import { findCategory } from "./presets.ts";
import { isWorking } from "./policy.ts";
import { settingsOf } from "./settings.ts";
import type { TicketRow } from "./store.ts";
import { selectDesk } from "./store-desk.ts";

/** Why somebody has a ticket, or why nobody has: kept with the ticket. */
export interface Assignment {
  /** `given`: a person said who; else what the choice of operators decided. */
  readonly decision: "given" | "taken_away" | Choice["decision"];
  readonly operator_id: string | null;
  readonly team_id: string | null;
  readonly by: string;
  readonly at: string;
  /** Those who were looked at, the chosen one first, at most `MOST_KEPT`. */
  readonly explanation: ReturnType<typeof toChoiceDto>["explanation"];
}

const MOST_KEPT = 10;

/** A decision of a person. */
export function givenBy(tx: Tx, { operatorId, teamId }: Pick<Choice, "operatorId" | "teamId">): Assignment {
  return {
    decision: operatorId === null ? "taken_away" : "given",
    operator_id: operatorId,
    team_id: teamId,
    by: tx.actor.id,
    at: iso(tx.now()),
    explanation: [],
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
  const { explanation, ...decided } = toChoiceDto(choice);
  const kept: Assignment = {
    ...decided,
    by: "assignment",
    at: iso(tx.now()),
    explanation: explanation.slice(0, MOST_KEPT),
  };
  const found = choice.operatorId !== null;
  const place = { assigneeId: choice.operatorId, teamId: found ? choice.teamId : teamId };
  return { choice, assigned: { ...place, assignment: kept } };
}

/** The skills that a ticket's category asks for. */
export async function needsOf(
  tx: Tx,
  { teamId, categoryId, locale, priority }: Pick<TicketRow, "teamId" | "categoryId" | "locale" | "priority">,
): Promise<Needs> {
  const category = categoryId === null ? null : await findCategory(tx, categoryId);
  return { teamId, skills: category?.skills ?? [], locale, priority };
}

/** Takes a place of the operator for a ticket that has to be worked on. */
export async function holdPlace(tx: Tx, { assigneeId, state }: Pick<TicketRow, "assigneeId" | "state">) {
  if (assigneeId !== null && isWorking(state)) await takeLoad(tx, { operatorId: assigneeId, anyway: true });
}

/**
 * Who has a ticket that is opened again: the one who had it while free for it, else somebody who is, else nobody until
 * a place is free. Where the desk does not choose, it stays where it was.
 */
export async function reassess(tx: Tx, row: TicketRow): Promise<Partial<Assigned>> {
  if (row.assigneeId === null || !settingsOf(await selectDesk(tx)).auto_assign) return {};
  const { choice, assigned } = await decide(tx, await needsOf(tx, row));
  const had = choice.explanation.find(({ operator_id }) => operator_id === row.assigneeId);
  return had?.outcome === "free" || had?.outcome === "chosen" ? {} : assigned;
}
