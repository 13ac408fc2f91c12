import type { Ctx, Tx } from "../context.ts";
import { requireScope } from "../kernel/actors.ts";
import { iso, MINUTE } from "../kernel/clock.ts";
import { choose, needsOf } from "./assign.ts";
import type { TicketAction } from "./action-schemas.ts";
import { changeTicket } from "./change.ts";
import { writeComment } from "./comment.ts";
import { type Deed, openDeed, tellDeed } from "./deed.ts";
import { loadTicket } from "./load.ts";
import { preparedText } from "./prepared.ts";
import { requireLive } from "./policy.ts";
import { newComment, type TicketChange, ticketChange } from "./schemas.ts";
import { TICKET_PRIORITIES, type TicketRow } from "./store.ts";
import { applyWanted } from "./update.ts";

type Of<T extends TicketAction["type"]> = Extract<TicketAction, { type: T }>;
type Do<T extends TicketAction["type"]> = (
  tx: Tx,
  at: At & { readonly action: Of<T> },
) => Promise<TicketRow>;

interface At {
  readonly row: TicketRow;
  /** The state before all of it. */
  readonly from: TicketRow["state"];
  readonly deed: Deed;
  /** Texts ask for what is known of the ticket; else they are said as they are. */
  readonly prepared: boolean;
  readonly aboutId: string | null;
}

const set = (tx: Tx, { row, deed }: At, wanted: TicketChange) =>
  applyWanted(tx, { row, wanted: ticketChange.parse(wanted), deed });

/** What each action does to a ticket. */
const DO: { readonly [T in TicketAction["type"]]: Do<T> } = {
  set_state: (tx, { action: { state, in_minutes }, ...at }) =>
    set(tx, at, {
      state,
      ...(in_minutes === undefined ? {} : { scheduled_for: iso(tx.now() + in_minutes * MINUTE) }),
    }),
  set_priority: (tx, { action: { priority }, ...at }) => set(tx, at, { priority }),
  raise_priority: (tx, at) => {
    const next = TICKET_PRIORITIES[TICKET_PRIORITIES.indexOf(at.row.priority) + 1];
    return next === undefined ? Promise.resolve(at.row) : set(tx, at, { priority: next });
  },
  add_labels: (tx, { action: { labels }, ...at }) => set(tx, at, { labels: [...at.row.labels, ...labels] }),
  remove_labels: (tx, { action: { labels }, ...at }) =>
    set(tx, at, { labels: at.row.labels.filter((label) => !labels.includes(label)) }),
  set_category: (tx, { action: { category_id }, ...at }) => set(tx, at, { category_id }),
  set_team: (tx, { action: { team_id }, ...at }) => set(tx, at, { team_id }),
  assign: (tx, { action: { assignee_id }, ...at }) => set(tx, at, { assignee_id }),
  assign_auto: async (tx, { row, deed }) => {
    requireLive(row.state);
    return await changeTicket(tx, {
      row,
      change: await choose(tx, await needsOf(tx, row)),
      action: "assigned",
      deed,
    });
  },
  set_field: (tx, { action: { key, value }, ...at }) => set(tx, at, { fields: { [key]: value } }),
  comment: async (tx, { action: { text: asked, visibility }, prepared, ...at }) => {
    const text = prepared ? await preparedText(tx, { row: at.row, text: asked }) : asked;
    // What it asked for is not there, and nothing else is said.
    if (text === "") return at.row;
    return (await writeComment(tx, { ...at, wanted: newComment.parse({ text, visibility }) })).row;
  },
};

/** Safe because the entry of an action's own type takes that action. */
async function act(tx: Tx, at: At, action: TicketAction): Promise<TicketRow> {
  const one = DO[action.type] as Do<TicketAction["type"]>;
  return await one(tx, { ...at, action });
}

interface Applying {
  readonly ticketId: string;
  readonly actions: readonly TicketAction[];
  /** Of which these are a part; who opened it tells of it. */
  readonly deed?: Deed;
  /** As for each of them. Default: false. */
  readonly prepared?: boolean;
  /** What a comment among them tells of beside the ticket; with that it is erased. */
  readonly aboutId?: string | null;
}

/**
 * Does these things to a ticket in the caller's transaction, in their order: for macros, bulk changes, rules and
 * whoever else has decided. Throws what each of them throws; then none is done.
 */
export async function applyActions(
  ctx: Ctx,
  { ticketId, actions, deed: whole, prepared = false, aboutId = null }: Applying,
): Promise<TicketRow> {
  requireScope(ctx, "tickets:write");
  return await ctx.transact(async (tx) => {
    const deed = whole ?? openDeed(actions);
    let row = await loadTicket(tx, ticketId);
    const { state: from } = row;
    for (const action of actions) row = await act(tx, { row, from, deed, prepared, aboutId }, action);
    if (whole === undefined) await tellDeed(deed);
    return row;
  });
}
