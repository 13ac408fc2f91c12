import { laneControls } from "../../db/schema/jobs.ts";
import { statement } from "../../db/statement.ts";
import type { Ctx, Tx } from "../context.ts";

export type ControlRow = typeof laneControls.$inferSelect;

const selectAll = statement((db) => db.select().from(laneControls).prepare());

/** Of all workspaces: workers act for all of them. A row for each thing that somebody changed, so few. */
export async function selectControls(at: Ctx): Promise<ControlRow[]> {
  return await selectAll(at);
}

export async function upsertControl(
  tx: Tx,
  row: Omit<ControlRow, "changedAt" | "changedBy">,
): Promise<void> {
  const values = { ...row, changedAt: tx.now(), changedBy: tx.actor.id };
  await tx.db.insert(laneControls).values(values)
    .onConflictDoUpdate({ target: [laneControls.lane, laneControls.workspaceId], set: values });
}
