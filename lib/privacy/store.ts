import { sql } from "drizzle-orm";
import { listed } from "../../db/statement.ts";
import type { Ctx, Tx } from "../context.ts";
import type { Unnamed } from "./store-numbers.ts";

/** What a person left, wherever: by these the parts of the product know what is theirs. */
export interface Trace {
  readonly contactId: string;
  readonly ticketIds: readonly string[];
  /** What is about the person: the contact, tickets, conversations, messages, visits, calls. */
  readonly subjectIds: readonly string[];
  /** Somebody else's, that what is the person's belongs to. */
  readonly otherTicketIds: readonly string[];
  /** E-mail addresses and numbers, each as it may stand somewhere. */
  readonly addresses: readonly string[];
}

/** Read before anything is erased: afterwards nobody knows the addresses. */
export async function selectTrace(at: Ctx, contactId: string): Promise<Trace> {
  const { workspaceId } = at;
  const ours = sql`workspace_id = ${workspaceId} and contact_id = ${contactId}`;
  const tickets = await at.db.all<{ id: string }>(sql`select id from tickets where ${ours}`);
  const others = await at.db.all<{ id: string }>(sql`
    select id from conversations where ${ours}
    union all select id from visits where ${ours}
    union all select id from calls where ${ours}
    union all select m.id from conversations c cross join messages m on m.conversation_id = c.id
      where c.workspace_id = ${workspaceId} and c.contact_id = ${contactId}`);
  const known = await at.db.all<{ value: string }>(sql`
    select value from contact_identities where ${ours} and kind in ('email', 'phone', 'username', 'whatsapp_lid', 'whatsapp_bsuid')
    union select phone as value from calls where ${ours} and phone is not null`);
  const ticketIds = tickets.map(({ id }) => id);
  const subjectIds = [contactId, ...ticketIds, ...others.map(({ id }) => id)];
  const otherTickets = await at.db.all<{ id: string }>(sql`
    select id from (
      select ticket_id as id from calls where ${ours}
      union select ticket_id from visits where ${ours}
      union select t.id from conversations c cross join tickets t
        on t.workspace_id = c.workspace_id and t.conversation_id = c.id
        where c.workspace_id = ${workspaceId} and c.contact_id = ${contactId}
      union select ticket_id from ticket_links where workspace_id = ${workspaceId}
        and kind in ('call', 'visit', 'conversation') and target_id in ${listed(subjectIds)})
    where id is not null and id not in ${listed(ticketIds)}`);
  return {
    contactId,
    ticketIds,
    subjectIds,
    otherTicketIds: otherTickets.map(({ id }) => id),
    addresses: [...new Set(known.flatMap(({ value }) => spellings(value)))],
  };
}

const OF_CLIENTS = ["tickets", "calls", "visits"] as const;

/**
 * What is of clients, or of a person's number, and names no contact is this one's: who erases it erases that, too. The
 * plus keeps SQLite from walking all that names none.
 */
export async function claimOf(
  tx: Tx,
  { contactId, clientIds, unnamed }: {
    contactId: string;
    clientIds: readonly string[];
    unnamed: Unnamed;
  },
): Promise<void> {
  const claim = async (table: typeof OF_CLIENTS[number], by: "client_id" | "id", ids: readonly string[]) => {
    if (ids.length === 0) return;
    const workspace = sql.raw(by === "id" ? "+workspace_id" : "workspace_id");
    await tx.db.run(sql`update ${sql.identifier(table)} set contact_id = ${contactId}
      where ${workspace} = ${tx.workspaceId} and ${sql.identifier(by)} in ${
      listed(ids)
    } and +contact_id is null`);
  };
  for (const table of OF_CLIENTS) await claim(table, "client_id", clientIds);
  await claim("calls", "id", unnamed.callIds);
  await claim("tickets", "id", unnamed.ticketIds);
}

/** Numbers stand with and without their plus. */
function spellings(value: string): string[] {
  const digits = value.replace(/^\+/, "");
  return /^\d+$/.test(digits) ? [digits, `+${digits}`] : [value];
}

/** Messages of conversations that are about to be deleted. The plus keeps SQLite from walking the workspace's. */
export async function selectMessageIdsOf(at: Ctx, conversationIds: readonly string[]): Promise<string[]> {
  const rows = await at.db.all<{ id: string }>(sql`select id from messages
    where +workspace_id = ${at.workspaceId}
      and conversation_id in ${listed(conversationIds)}`);
  return rows.map(({ id }) => id);
}
