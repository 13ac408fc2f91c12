import { sql } from "drizzle-orm";
import { listed } from "../../db/statement.ts";
import type { Ctx } from "../context.ts";

/** What the log of calls holds of a person's numbers without naming the person. */
export interface Unnamed {
  readonly callIds: readonly string[];
  readonly ticketIds: readonly string[];
}

/** The telephone numbers that a contact goes by. */
export async function selectNumbers(at: Ctx, contactId: string): Promise<string[]> {
  const rows = await at.db.all<{ value: string }>(sql`select value from contact_identities
    where workspace_id = ${at.workspaceId} and contact_id = ${contactId} and kind = 'phone'`);
  return rows.map(({ value }) => value);
}

/**
 * The calls of these numbers that name no contact, but for those of a number that another contact goes by, and the
 * tickets without one that were opened for such calls of the person's and hold nobody else's.
 */
export async function selectUnnamed(
  at: Ctx,
  { contactId, forms }: { contactId: string; forms: readonly string[] },
): Promise<Unnamed> {
  if (forms.length === 0) return { callIds: [], ticketIds: [] };
  const { workspaceId } = at;
  // The plus, here and below: by the number, and not through all calls that name nobody.
  const calls = await at.db.all<{ id: string }>(sql`select id from calls
    where workspace_id = ${workspaceId} and phone in ${listed(forms)} and +contact_id is null
      and phone not in (select value from contact_identities where workspace_id = ${workspaceId} and kind = 'phone'
        and value in ${listed(forms)} and contact_id <> ${contactId})
    order by id`);
  const callIds = calls.map(({ id }) => id);
  const tickets = await at.db.all<{ id: string }>(sql`select id from tickets
    where +workspace_id = ${workspaceId} and +contact_id is null and id in (
        select missed_ticket_id from calls where +workspace_id = ${workspaceId} and id in ${listed(callIds)}
          and missed_ticket_id is not null
        union select missed_ticket_id from calls where workspace_id = ${workspaceId} and contact_id = ${contactId}
          and missed_ticket_id is not null)
      and not exists (select 1 from calls other where other.workspace_id = ${workspaceId}
        and other.ticket_id = tickets.id and other.contact_id is not ${contactId}
        and other.id not in ${listed(callIds)})`);
  return { callIds, ticketIds: tickets.map(({ id }) => id) };
}
