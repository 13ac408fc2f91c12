import type { Ctx, Tx } from "../context.ts";
import { enqueue } from "../jobs/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { choose, needsOf } from "./assign.ts";
import { changeTicket } from "./change.ts";
import { ticketsDrain } from "./jobs.ts";
import { settingsOf } from "./settings.ts";
import { selectDesk } from "./store-desk.ts";
import { selectBacklog } from "./store-list.ts";
import type { TicketRow } from "./store.ts";

/** Tickets of one turn: others wait for its transaction. */
const TURN = 100;
const MOST_TURNS = 200;

/**
 * Gives out what is held, now that somebody is free: the most urgent first, of those the oldest. Those that ask for
 * the same are not tried again once nobody could take one. Resolves to how many went.
 */
export async function drainBacklog(ctx: Ctx): Promise<number> {
  requireScope(ctx, "tickets:write");
  const unserved = new Set<string>();
  let given = 0;
  for (let turn = 0; turn < MOST_TURNS; turn++) {
    ctx.signal?.throwIfAborted();
    const one = await ctx.transact((tx) => drainTurn(tx, unserved));
    given += one.given;
    if (!one.more) break;
  }
  return given;
}

/** The first turn of it in the caller's transaction, the others as a job: for whoever may have made room. */
export async function drainNow(tx: Tx): Promise<void> {
  if ((await drainTurn(tx, new Set())).more) await enqueue(tx, ticketsDrain, {});
}

/** One turn of it, in the caller's transaction; adds to `unserved` what nobody can take now. */
async function drainTurn(
  tx: Tx,
  unserved: Set<string>,
): Promise<{ given: number; more: boolean }> {
  if (!settingsOf(await selectDesk(tx)).auto_assign) return { given: 0, more: false };
  const backlog = await selectBacklog(tx, { limit: TURN, without: [...unserved] });
  let given = 0;
  for (const row of backlog) {
    const kind = kindOf(row);
    if (unserved.has(kind)) continue;
    const found = await choose(tx, await needsOf(tx, row));
    if (found.assigneeId === null) {
      unserved.add(kind);
      continue;
    }
    await changeTicket(tx, { row, change: found, action: "assigned" });
    given++;
  }
  return { given, more: backlog.length === TURN };
}

/** Whoever can't take one of these can't take another: a language only says who fits better. As the store reads it. */
function kindOf({ teamId, categoryId }: TicketRow): string {
  return `${teamId ?? ""}:${categoryId ?? ""}`;
}
