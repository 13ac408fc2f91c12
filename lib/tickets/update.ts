import { there } from "../kernel/errors.ts";
import type { output } from "zod";
import { audit } from "../audit/mod.ts";
import type { Ctx, Tx } from "../context.ts";
import { enqueue } from "../jobs/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { given } from "../kernel/given.ts";
import { type Change, changeTicket } from "./change.ts";
import type { Deed } from "./deed.ts";
import { ticketsIndex } from "./jobs.ts";
import { loadTicket, requireVersion } from "./load.ts";
import { choose, givenBy, needsOf } from "./assign.ts";
import { fieldsAfter } from "./fields.ts";
import { clientAfter } from "./client.ts";
import { namedContact, namedOperator, namedTeam } from "./named.ts";
import { findCategory } from "./presets.ts";
import { isWorking } from "./policy.ts";
import { settingsOf } from "./settings.ts";
import { selectDesk } from "./store-desk.ts";
import { type TicketView, ticketView } from "./present.ts";
import { type TicketChange, ticketChange } from "./schemas.ts";
import type { TicketRow } from "./store.ts";

export interface TicketChoice {
  readonly ticketId: string;
  /** Of `If-Match`: the change is refused unless the ticket has one of these. */
  readonly versions?: readonly number[] | undefined;
}

/**
 * Changes what is given of a ticket. Throws 404, 409 with the legal states, 412 when it has another version, 422 for
 * what is named and not there.
 */
export async function updateTicket(
  ctx: Ctx,
  { ticketId, versions, ...change }: TicketChoice & TicketChange,
): Promise<TicketView> {
  requireScope(ctx, "tickets:write");
  const wanted = ticketChange.parse(change);
  return await ctx.transact(async (tx) => {
    const row = await loadTicket(tx, ticketId);
    requireVersion(row, versions);
    return ticketView(await applyWanted(tx, { row, wanted }), tx.now());
  });
}

/** The same in the caller's transaction, for whoever has loaded the ticket and checked the scope. */
export async function applyWanted(
  tx: Tx,
  { row, wanted, deed = null }: { row: TicketRow; wanted: output<typeof ticketChange>; deed?: Deed | null },
): Promise<TicketRow> {
  const changed = await changeTicket(tx, { row, change: await fieldsOf(tx, { row, wanted }), deed });
  if (changed === row) return row;
  if (row.subject !== changed.subject || row.description !== changed.description) {
    await enqueue(tx, ticketsIndex, { ticketId: row.id });
  }
  await audit(tx, {
    action: "ticket.update",
    subjectId: row.id,
    detail: { fields: Object.keys(wanted), version: changed.version },
  });
  return changed;
}

async function fieldsOf(
  tx: Tx,
  { row, wanted }: { row: TicketRow; wanted: output<typeof ticketChange> },
): Promise<Change> {
  const {
    contact_id,
    category_id,
    team_id: _team,
    assignee_id: _assignee,
    scheduled_for,
    sla_policy_id,
    client_id,
    fields,
    ...plain
  } = wanted;
  if (typeof contact_id === "string") await namedContact(tx, contact_id);
  if (typeof category_id === "string") there("category_id", await findCategory(tx, category_id));
  return {
    ...given(plain),
    ...(client_id === undefined && contact_id === undefined ? {} : await clientAfter(tx, { row, wanted })),
    ...(contact_id === undefined ? {} : { contactId: contact_id }),
    ...(sla_policy_id === undefined ? {} : { slaPolicyId: sla_policy_id }),
    ...(category_id === undefined ? {} : { categoryId: category_id }),
    ...(scheduled_for === undefined
      ? {}
      : { scheduledFor: scheduled_for === null ? null : Date.parse(scheduled_for) }),
    ...(fields === undefined ? {} : { fields: await newFields(tx, { row, fields }) }),
    ...await placeAfter(tx, { row, wanted }),
  };
}

async function newFields(
  tx: Tx,
  { row, fields }: { row: TicketRow; fields: Record<string, unknown> },
): Promise<Record<string, unknown>> {
  const { fields: definitions } = settingsOf(await selectDesk(tx));
  return fieldsAfter({ definitions, given: fields, before: row.fields, complete: false });
}

/** The operator who is named; of another team one who is free and fit, unless somebody is named. */
async function placeAfter(
  tx: Tx,
  { row, wanted }: { row: TicketRow; wanted: output<typeof ticketChange> },
): Promise<Change> {
  const { assignee_id, team_id, category_id, priority = row.priority, state = row.state } = wanted;
  const teamId = team_id === undefined ? row.teamId : team_id;
  if (typeof team_id === "string") await namedTeam(tx, team_id);
  if (assignee_id !== undefined) {
    if (assignee_id !== null) await namedOperator(tx, assignee_id);
    const assigneeId = assignee_id;
    if (assigneeId === row.assigneeId && teamId === row.teamId) return { assigneeId };
    return { teamId, assigneeId, assignment: givenBy(tx, { operatorId: assigneeId, teamId }) };
  }
  const categoryId = category_id === undefined ? row.categoryId : category_id;
  if (teamId === row.teamId && !(categoryId !== row.categoryId && await isHeld(tx, { ...row, state }))) {
    return {};
  }
  return await choose(tx, await needsOf(tx, { teamId, categoryId, locale: row.locale, priority }));
}

/** Nobody has it, though it is to be given to somebody. */
async function isHeld(tx: Tx, { assigneeId, state }: TicketRow): Promise<boolean> {
  return assigneeId === null && isWorking(state) && settingsOf(await selectDesk(tx)).auto_assign;
}
