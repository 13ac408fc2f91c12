import type { Ctx, Tx } from "../context.ts";
import { requireScope } from "../kernel/actors.ts";
import { iso, MINUTE } from "../kernel/clock.ts";
import { choose, needsOf } from "./assign.ts";
import type { TicketAction } from "./action-schemas.ts";
import { changeTicket } from "./change.ts";
import { writeComment } from "./comment.ts";
import { loadTicket } from "./load.ts";
import { requireLive } from "./policy.ts";
import { newComment, type TicketChange, ticketChange } from "./schemas.ts";
import { TICKET_PRIORITIES, type TicketRow } from "./store.ts";
import { applyWanted } from "./update.ts";

type Of<T extends TicketAction["type"]> = Extract<TicketAction, { type: T }>;
type Do<T extends TicketAction["type"]> = (
  tx: Tx,
  at: { readonly row: TicketRow; readonly action: Of<T> },
) => Promise<TicketRow>;

const set = (tx: Tx, row: TicketRow, wanted: TicketChange) =>
  applyWanted(tx, { row, wanted: ticketChange.parse(wanted) });

/** What each action does to a ticket. */
const DO: { readonly [T in TicketAction["type"]]: Do<T> } = {
  set_state: (tx, { row, action: { state, in_minutes } }) =>
    set(tx, row, {
      state,
      ...(in_minutes === undefined ? {} : { scheduled_for: iso(tx.now() + in_minutes * MINUTE) }),
    }),
  set_priority: (tx, { row, action: { priority } }) => set(tx, row, { priority }),
  raise_priority: (tx, { row }) => {
    const next = TICKET_PRIORITIES[TICKET_PRIORITIES.indexOf(row.priority) + 1];
    return next === undefined ? Promise.resolve(row) : set(tx, row, { priority: next });
  },
  add_labels: (tx, { row, action: { labels } }) => set(tx, row, { labels: [...row.labels, ...labels] }),
  remove_labels: (tx, { row, action: { labels } }) =>
    set(tx, row, { labels: row.labels.filter((label) => !labels.includes(label)) }),
  set_category: (tx, { row, action: { category_id } }) => set(tx, row, { category_id }),
  set_team: (tx, { row, action: { team_id } }) => set(tx, row, { team_id }),
  assign: (tx, { row, action: { assignee_id } }) => set(tx, row, { assignee_id }),
  assign_auto: async (tx, { row }) => {
    requireLive(row.state);
    return await changeTicket(tx, {
      row,
      change: await choose(tx, await needsOf(tx, row)),
      action: "assigned",
    });
  },
  set_field: (tx, { row, action: { key, value } }) => set(tx, row, { fields: { [key]: value } }),
  comment: async (tx, { row, action: { text, visibility } }) =>
    (await writeComment(tx, { row, wanted: newComment.parse({ text, visibility }) })).row,
};

/** Safe because the entry of an action's own type takes that action. */
async function act(tx: Tx, row: TicketRow, action: TicketAction): Promise<TicketRow> {
  const one = DO[action.type] as Do<TicketAction["type"]>;
  return await one(tx, { row, action });
}

/**
 * Does these things to a ticket in the caller's transaction, in their order: for macros, bulk changes, rules and
 * whoever else has decided. Throws what each of them throws; then none is done.
 */
export async function applyActions(
  ctx: Ctx,
  { ticketId, actions }: { ticketId: string; actions: readonly TicketAction[] },
): Promise<TicketRow> {
  requireScope(ctx, "tickets:write");
  return await ctx.transact(async (tx) => {
    let row = await loadTicket(tx, ticketId);
    for (const action of actions) row = await act(tx, row, action);
    return row;
  });
}
