import type { Ctx, Tx } from "../context.ts";
import { requireScope } from "../kernel/actors.ts";
import { choose, needsOf } from "./assign.ts";
import { changeTicket } from "./change.ts";
import { settingsOf } from "./settings.ts";
import { selectDesk } from "./store-desk.ts";
import { selectBacklog } from "./store-list.ts";
import type { TicketRow } from "./store.ts";

/** Tickets of one turn: others wait for its transaction. */
const TURN = 200;
const MOST_TURNS = 50;

/**
 * Gives out what is held, now that somebody is free: the most urgent first, of those the oldest. Those that ask for
 * the same are not tried again once nobody could take one. Resolves to how many went.
 */
export async function drainBacklog(ctx: Ctx): Promise<number> {
  requireScope(ctx, "tickets:write");
  let given = 0;
  for (let turn = 0; turn < MOST_TURNS; turn++) {
    ctx.signal?.throwIfAborted();
    const one = await ctx.transact(drainTurn);
    given += one.given;
    if (one.given === 0 || one.looked < TURN) break;
  }
  return given;
}

/** One turn of it, in the caller's transaction. */
export async function drainTurn(tx: Tx): Promise<{ given: number; looked: number }> {
  if (!settingsOf(await selectDesk(tx)).auto_assign) return { given: 0, looked: 0 };
  const backlog = await selectBacklog(tx, TURN);
  const unserved = new Set<string>();
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
  return { given, looked: backlog.length };
}

/** Whoever can't take one of these can't take another. A language only says who fits better. */
function kindOf({ teamId, categoryId }: TicketRow): string {
  return `${teamId ?? ""}:${categoryId ?? ""}`;
}
