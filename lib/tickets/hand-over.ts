import type { Tx } from "../context.ts";
import { givenBy } from "./assign.ts";
import { changeTicket } from "./change.ts";
import { drainNow } from "./drain.ts";
import { selectHeldBy } from "./store-list.ts";

/**
 * Gives what an operator has to another one, or back to those that are held and from there to whoever is free. Who
 * had it must not be one who gets work any more. Resolves to how many went.
 */
export async function handOverTickets(
  tx: Tx,
  { from, to }: { from: string; to: string | null },
): Promise<number> {
  const rows = await selectHeldBy(tx, from);
  for (const row of rows) {
    const assignment = to === null ? null : givenBy(tx, { operatorId: to, teamId: row.teamId });
    const action = to === null ? "taken_back" : "handed_over";
    await changeTicket(tx, { row, change: { assigneeId: to, assignment }, action });
  }
  if (to === null && rows.length > 0) await drainNow(tx);
  return rows.length;
}
