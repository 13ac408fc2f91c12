import { sql } from "drizzle-orm";
import { moveId, type Place } from "../../db/move.ts";
import type { Ctx, Tx } from "../context.ts";

/** Wherever a contact is named: all of it goes over to the one that it is made one with. */
export const CONTACT_PLACES: readonly Place[] = [
  { table: "contact_identities", column: "contact_id" },
  { table: "conversations", column: "contact_id", marks: ["changed_at"] },
  { table: "message_attempts", column: "contact_id" },
  { table: "client_contacts", column: "contact_id", as: "key" },
  { table: "tickets", column: "contact_id", marks: ["updated_at", "version"] },
  { table: "ticket_comments", column: "author_id", only: "author = 'customer'" },
  { table: "calls", column: "contact_id", marks: ["updated_at"] },
  { table: "visits", column: "contact_id", marks: ["updated_at"] },
  { table: "notifications", column: "subject_id" },
  { table: "notification_deliveries", column: "contact_id" },
  { table: "notification_chunks", column: "recipients", as: "text", only: "done_at is null" },
  { table: "notification_preferences", column: "owner_id", as: "key" },
  { table: "quiet_hours", column: "owner_id", as: "key" },
  { table: "rules", column: "conditions", as: "text" },
  { table: "rules", column: "actions", as: "text" },
  { table: "ticket_presets", column: "data", as: "text" },
  { table: "task_schedules", column: "args", as: "text" },
];

/** What one of them did not want to hear is not told to the person. */
export async function moveContact(tx: Tx, { from, into }: { from: string; into: string }): Promise<void> {
  await tx.db.run(sql`update notification_preferences as theirs set enabled = 0
    where workspace_id = ${tx.workspaceId} and owner_id = ${into} and enabled = 1 and exists (
      select 1 from notification_preferences as other
      where other.workspace_id = theirs.workspace_id and other.owner_id = ${from} and other.enabled = 0
        and other.category = theirs.category and other.channel = theirs.channel)`);
  await moveId(tx, { places: CONTACT_PLACES, from, into });
}

/** The ids that a contact had before it was made one with others, as far as the log goes back. */
export async function selectFormerIds(at: Ctx, contactId: string): Promise<string[]> {
  const rows = await at.db.all<{ id: string }>(sql`
    with recursive former(id) as (
      select ${contactId}
      union select e.subject_id from former cross join events e on e.data ->> 'into' = former.id
        where e.workspace_id = ${at.workspaceId} and e.type = 'contact.merged')
    select id from former where id <> ${contactId}`);
  return rows.map(({ id }) => id);
}
