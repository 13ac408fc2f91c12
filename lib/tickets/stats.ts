import type { Ctx } from "../context.ts";
import { requireScope } from "../kernel/actors.ts";
import { DAY } from "../kernel/clock.ts";
import { countOf } from "./list.ts";
import { type Count, COUNTED, counted } from "./paging.ts";
import { LIVE_STATES } from "./policy.ts";
import { TICKET_PRIORITIES, TICKET_STATES, type TicketPriority, type TicketState } from "./store.ts";
import type { Wanted } from "./store-walks.ts";
import { selectScores } from "./store-surveys.ts";

/** Days that the figures of the past look back. */
const LOOK_BACK = 30;

export interface TicketStats {
  readonly states: Readonly<Record<TicketState, Count>>;
  /** Of live tickets. */
  readonly priorities: Readonly<Record<TicketPriority, Count>>;
  readonly live: Count;
  readonly unassigned: Count;
  readonly overdue: Count;
  /** In the last day. */
  readonly opened_today: Count;
  /** Of the last 30 days: the answers of customers, 1 to 5. */
  readonly survey: { readonly answered: Count; readonly average: number | null };
}

/** How the desk stands. Each figure is exact up to 10,000. */
export async function ticketStats(ctx: Ctx): Promise<TicketStats> {
  requireScope(ctx, "tickets:read");
  const count = (wanted: Wanted) => countOf(ctx, wanted);
  const each = async <T extends string>(values: readonly T[], wantedOf: (value: T) => Wanted) =>
    Object.fromEntries(
      await Promise.all(values.map(async (value) => [value, await count(wantedOf(value))] as const)),
    ) as Record<T, Count>;
  const now = ctx.now();
  const { answered, average } = await selectScores(ctx, { since: now - LOOK_BACK * DAY, most: COUNTED + 1 });
  return {
    states: await each(TICKET_STATES, (state) => ({ states: [state] })),
    priorities: await each(TICKET_PRIORITIES, (one) => ({ states: LIVE_STATES, priorities: [one] })),
    live: await count({ states: LIVE_STATES }),
    unassigned: await count({ states: LIVE_STATES, assigneeId: null }),
    overdue: await count({ overdue: true }),
    opened_today: await count({ createdFrom: now - DAY }),
    survey: {
      answered: counted(answered),
      average: average === null ? null : Math.round(average * 100) / 100,
    },
  };
}
