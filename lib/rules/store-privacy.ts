import { and, eq, sql } from "drizzle-orm";
import { ruleRuns, ruleWatches } from "../../db/schema/rules.ts";
import { listed } from "../../db/statement.ts";
import type { Tx } from "../context.ts";

/** What rules did to these subjects loses its words; that they ran stays. */
export async function emptyRunsOf(tx: Tx, subjectIds: readonly string[]): Promise<void> {
  await tx.db.update(ruleRuns).set({ results: [], reason: null })
    .where(
      and(eq(ruleRuns.workspaceId, tx.workspaceId), sql`${ruleRuns.subjectId} in ${listed(subjectIds)}`),
    );
}

/** Nothing waits for these tickets any more, and nothing was done to them. */
export async function deleteWatchesOf(tx: Tx, ticketIds: readonly string[]): Promise<void> {
  await tx.db.delete(ruleWatches)
    .where(
      and(eq(ruleWatches.workspaceId, tx.workspaceId), sql`${ruleWatches.ticketId} in ${listed(ticketIds)}`),
    );
  await tx.db.delete(ruleRuns)
    .where(and(eq(ruleRuns.workspaceId, tx.workspaceId), sql`${ruleRuns.subjectId} in ${listed(ticketIds)}`));
}
