import { type SQL, sql } from "drizzle-orm";
import { moveId, type Place } from "../../db/move.ts";
import type { Ctx, Tx } from "../context.ts";

/** Wherever a contact is named: all of it goes over to the one that it is made one with. */
export const CONTACT_PLACES: readonly Place[] = [
  { table: "contact_identities", column: "contact_id" },
  { table: "conversations", column: "contact_id", marks: ["changed_at"] },
  { table: "message_attempts", column: "contact_id" },
  { table: "client_contacts", column: "contact_id", as: "key" },
  { table: "former_client_contacts", column: "contact_id", as: "key" },
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
  await leaveOneInBulks(tx, { from, into });
  await keepWayToPerson(tx, { from, into });
  await moveId(tx, { places: CONTACT_PLACES, from, into });
}

/** A contact is of one client at most: who erases it must find the person, too, whose contact it is no more. */
async function keepWayToPerson(tx: Tx, { from, into }: { from: string; into: string }): Promise<void> {
  await tx.db.run(sql`insert or ignore into former_client_contacts (workspace_id, contact_id, client_id)
    select theirs.workspace_id, ${into}, theirs.client_id from client_contacts theirs
    cross join clients c on c.id = theirs.client_id and c.kind = 'person'
    cross join client_contacts kept on kept.contact_id = ${into} and kept.client_id <> theirs.client_id
    where theirs.contact_id = ${from} and theirs.workspace_id = ${tx.workspaceId}`);
}

/** Who is among those that something goes to twice by now, or was told of it, is not told again. */
async function leaveOneInBulks(tx: Tx, { from, into }: { from: string; into: string }): Promise<void> {
  const { workspaceId } = tx;
  const without = (ids: SQL) =>
    sql`update notification_chunks as waiting set recipients = (
      select json_group_array(json(value)) from json_each(waiting.recipients) where value ->> 'recipient' not in (${ids}))
      where waiting.workspace_id = ${workspaceId} and waiting.done_at is null`;
  await tx.db.run(sql`${without(sql`${from}, ${into}`)}
    and (instr(waiting.recipients, ${from}) > 0 or instr(waiting.recipients, ${into}) > 0) and exists (
      select 1 from notification_deliveries told where told.workspace_id = ${workspaceId}
        and told.contact_id in (${from}, ${into}) and told.state <> 'skipped'
        and +told.notification_id = waiting.notification_id)`);
  await tx.db.run(sql`${without(sql`${from}`)} and instr(waiting.recipients, ${from}) > 0 and exists (
      select 1 from notification_chunks other where other.notification_id = waiting.notification_id
        and other.done_at is null and instr(other.recipients, ${into}) > 0)`);
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
