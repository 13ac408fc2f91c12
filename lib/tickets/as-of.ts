import type { Ctx } from "../context.ts";
import { requireScope } from "../kernel/actors.ts";
import { DONE_STATES } from "./policy.ts";
import { type TicketView, ticketView } from "./present.ts";
import { selectTicket, type TicketDiff, type TicketState } from "./store.ts";
import { selectHistorySince } from "./store-history.ts";
import { selectStandings } from "./store-standing.ts";

/** What the history does not name: known by its time alone. */
const TIMES = ["first_response_at", "resolved_at", "closed_at"] as const;

/**
 * A ticket as it was when something happened: today's without what its history says of later changes. When it was due
 * next stands in no history; `due_at` is today's. null: it is not there, or was not yet.
 */
export async function ticketAt(
  ctx: Ctx,
  { ticketId, time }: { ticketId: string; time: number },
): Promise<TicketView | null> {
  requireScope(ctx, "tickets:read");
  const row = await selectTicket(ctx, ticketId);
  if (row === null || row.createdAt > time) return null;
  const later = await selectHistorySince(ctx, { ticketId, time });
  let then = ticketView(row, time);
  for (const { changes } of later) {
    const before = Object.entries(changes).filter(([name]) => name in then).map((
      [name, { from }],
    ) => [name, from]);
    const { version, reopens } = then;
    then = {
      ...then,
      ...Object.fromEntries(before),
      version: version - 1,
      reopens: reopens - Number(isReopening(changes)),
    };
  }
  const known = TIMES.map((name) => [name, notAfter(then[name], time)]);
  return { ...then, ...Object.fromEntries(known) };
}

function isReopening({ state }: TicketDiff): boolean {
  const done = (value: unknown) => DONE_STATES.some((one) => one === value);
  return state !== undefined && done(state.from) && !done(state.to);
}

function notAfter(at: string | null, time: number): string | null {
  return at !== null && Date.parse(at) > time ? null : at;
}

/** Since when a ticket is as it is, by what it holds itself. */
export interface Standing {
  readonly state: TicketState;
  readonly openedAt: number;
  readonly stateSince: number;
  /** The first public word of the customer that nobody answered; who opened a ticket waits from then on. */
  readonly customerWaitsSince: number | null;
  /** Our last public word that the customer has not answered. */
  readonly customerSilentSince: number | null;
}

/** null: there is no such ticket. */
export async function standingOf(at: Ctx, ticketId: string): Promise<Standing | null> {
  const all = await standingsAt(at, { ticketIds: [ticketId], time: Number.MAX_SAFE_INTEGER });
  return all.get(ticketId) ?? null;
}

/** The same of many, as they stood at a time; those that were not there yet are left out. */
export async function standingsAt(
  at: Ctx,
  which: { ticketIds: readonly string[]; time: number },
): Promise<ReadonlyMap<string, Standing>> {
  const rows = await selectStandings(at, which);
  return new Map(rows.map(({ id, state, createdAt, stateAt, ours, theirs }) => [id, {
    state,
    openedAt: createdAt,
    stateSince: stateAt ?? createdAt,
    customerWaitsSince: ours === null ? createdAt : theirs,
    customerSilentSince: theirs === null ? ours : null,
  }]));
}
