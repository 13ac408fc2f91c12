import type { output } from "zod";
import { standingId } from "../clients/mod.ts";
import type { Ctx } from "../context.ts";
import { requireScope } from "../kernel/actors.ts";
import { invalid, there } from "../kernel/errors.ts";
import type { PageRequest } from "../kernel/page.ts";
import { given } from "../kernel/given.ts";
import { type Count, COUNTED, counted, fromCursor, pageOf, type TicketPage } from "./paging.ts";
import { LIVE_STATES } from "./policy.ts";
import { requireFieldKeys } from "./prepared.ts";
import { findView } from "./presets.ts";
import { type TicketFilter, ticketFilter, type TicketState } from "./schemas.ts";
import { searchTickets } from "./search.ts";
import { selectTickets } from "./store-list.ts";
import { countTickets } from "./store-pages.ts";
import type { Wanted } from "./store-walks.ts";
import { searchOf } from "./words.ts";

export interface TicketQuery extends PageRequest {
  readonly withTotal?: boolean | undefined;
}

/**
 * Tickets, the newest first. With words: those that have all of them in any inflection; by relevance while there are
 * at most 10,000, else the newest, and `search.order` says which it was.
 */
export async function listTickets(ctx: Ctx, query: TicketQuery & TicketFilter): Promise<TicketPage> {
  requireScope(ctx, "tickets:read");
  const { limit, cursor, withTotal = false, ...asked } = query;
  const { q, sort = "created", ...filter } = await filterOf(ctx, ticketFilter.parse(asked));
  await requireFieldKeys(ctx, { keys: Object.keys(filter.custom ?? {}) });
  const wanted = wantedOf({ ...filter, client_id: await standingId(ctx, filter.client_id) });
  if (q !== undefined && q !== "") {
    const search = searchOf(q);
    return await searchTickets(ctx, { q, search, sort, wanted, limit, cursor });
  }
  if (sort === "relevance") throw invalid("sort", "relevance needs words: give q");
  const before = fromCursor(cursor, [sort]);
  const listed = await selectTickets(ctx, { wanted, sort, before, limit: limit + 1 });
  return {
    ...pageOf(ctx, { listed, order: sort, limit }),
    total: withTotal ? await countOf(ctx, wanted) : null,
    search: null,
  };
}

/** What is asked for, over what the view says that is named. Throws 422 for a view that is not there. */
async function filterOf(ctx: Ctx, asked: Asked): Promise<Asked> {
  if (asked.view === undefined) return asked;
  const view = there("view", await findView(ctx, asked.view));
  return { ...ticketFilter.parse(view.filter), ...given(asked) };
}

/** How many there are, counted to 10,000. */
export async function countOf(ctx: Ctx, wanted: Wanted): Promise<Count> {
  const { count, whole } = await countTickets(ctx, { wanted, most: COUNTED + 1 });
  const capped = counted(count);
  return { count: capped.count, more: capped.more || !whole };
}

type Asked = output<typeof ticketFilter>;
type Filter = Omit<Asked, "q" | "sort">;

/** The wire's filter as the store takes it. */
export function wantedOf(filter: Filter): Wanted {
  const time = (text: string | undefined) => text === undefined ? undefined : Date.parse(text);
  const states = filter.state?.flatMap((one): readonly TicketState[] => one === "live" ? LIVE_STATES : [one]);
  return {
    states: states === undefined ? undefined : [...new Set(states)],
    priorities: filter.priority,
    contactId: filter.contact_id,
    conversationId: filter.conversation_id,
    label: filter.label,
    assigneeId: filter.assignee_id === "none" ? null : filter.assignee_id,
    teamId: filter.team_id,
    clientId: filter.client_id,
    categoryId: filter.category_id,
    createdFrom: time(filter.created_from),
    createdTo: time(filter.created_to),
    updatedFrom: time(filter.updated_from),
    updatedTo: time(filter.updated_to),
    overdue: filter.overdue,
    custom: filter.custom === undefined
      ? undefined
      : Object.entries(filter.custom).map(([key, value]) => ({ key, value })),
    mood: filter.mood,
  };
}
