import { moveAt, moveId, type Place } from "../../db/move.ts";
import type { Tx } from "../context.ts";

interface Merge {
  readonly from: string;
  readonly into: string;
}

/** What goes over to the other client in the commit that makes two of them one. */
export const CLIENT_PLACES_NOW: readonly Place[] = [
  // Those that were merged into one that is merged itself now stand for the last one.
  { table: "clients", column: "merged_into" },
  { table: "client_contacts", column: "client_id" },
  { table: "sites", column: "client_id", marks: ["updated_at"] },
];

/** What follows by a job: there may be much of it. */
export const CLIENT_PLACES_LATER: readonly Place[] = [
  { table: "tickets", column: "client_id", marks: ["updated_at", "version"] },
  { table: "calls", column: "client_id", marks: ["updated_at"] },
  { table: "visits", column: "client_id", marks: ["updated_at"] },
  { table: "rules", column: "conditions", as: "text" },
  { table: "rules", column: "actions", as: "text" },
  { table: "ticket_presets", column: "data", as: "text" },
  { table: "task_schedules", column: "args", as: "text" },
];

export async function moveClientNow(tx: Tx, { from, into }: Merge): Promise<void> {
  await moveId(tx, { places: CLIENT_PLACES_NOW, from, into });
}

/** Some of what stands at one of the places; resolves to how many rows they were. */
export async function moveClientAt(tx: Tx, move: Merge & Place & { readonly most: number }): Promise<number> {
  return await moveAt(tx, move);
}
