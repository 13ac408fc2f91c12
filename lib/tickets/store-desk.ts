import { eq, sql } from "drizzle-orm";
import { ticketDesks } from "../../db/schema/tickets.ts";
import { statementBlind, statementOne } from "../../db/statement.ts";
import type { Ctx, Tx } from "../context.ts";

const p = sql.placeholder;

const byWorkspace = statementOne((db) =>
  db.select({ settings: ticketDesks.settings, lastNumber: ticketDesks.lastNumber }).from(ticketDesks)
    .where(eq(ticketDesks.workspaceId, p("workspaceId"))).prepare()
);

const writeNumber = statementBlind((db) =>
  db.insert(ticketDesks).values({ workspaceId: p("workspaceId"), lastNumber: p("number"), settings: {} })
    .onConflictDoUpdate({ target: ticketDesks.workspaceId, set: { lastNumber: sql`excluded.last_number` } })
    .prepare()
);

/** The workspace's next number, with the settings of its desk: one row holds both. Nobody else writes meanwhile. */
export async function nextNumber(
  tx: Tx,
): Promise<{ number: number; settings: Record<string, unknown> }> {
  const { workspaceId } = tx;
  const { lastNumber, settings } = await byWorkspace(tx, { workspaceId }) ?? { lastNumber: 0, settings: {} };
  const number = lastNumber + 1;
  await writeNumber(tx, { workspaceId, number });
  return { number, settings };
}

/** What the workspace set; undefined: nothing yet. */
export async function selectDesk(at: Ctx): Promise<Record<string, unknown> | undefined> {
  return (await byWorkspace(at, { workspaceId: at.workspaceId }))?.settings;
}

export async function writeDesk(tx: Tx, settings: Record<string, unknown>): Promise<void> {
  await tx.db.insert(ticketDesks).values({ workspaceId: tx.workspaceId, settings })
    .onConflictDoUpdate({ target: ticketDesks.workspaceId, set: { settings } });
}

/** Workspaces that delete closed tickets. Across all of them: for the platform's sweep. */
export async function selectRetentions(at: Ctx): Promise<{ workspaceId: string }[]> {
  return await at.db.select({ workspaceId: ticketDesks.workspaceId }).from(ticketDesks)
    .where(sql`json_extract(${ticketDesks.settings}, '$.retention_days') > 0`);
}
