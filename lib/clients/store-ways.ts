import { and, eq, sql } from "drizzle-orm";
import { formerClientContacts } from "../../db/schema/clients.ts";
import type { Ctx, Tx } from "../context.ts";
import { type ClientRow, selectClient } from "./store.ts";

const f = formerClientContacts;

/** Remembers for each of these clients whose contacts one of them has, or had. */
export async function insertWays(
  tx: Tx,
  { of, to }: { of: string; to: readonly string[] },
): Promise<void> {
  await tx.db.run(sql`
    insert or ignore into former_client_contacts (workspace_id, contact_id, client_id)
    select ${tx.workspaceId}, contact_id, way.value from (
      select contact_id from client_contacts where workspace_id = ${tx.workspaceId} and client_id = ${of}
      union select contact_id from former_client_contacts
        where workspace_id = ${tx.workspaceId} and client_id = ${of}
    ) cross join json_each(${JSON.stringify(to)}) way`);
}

/** The clients that are gone, or another's, and were this contact's. */
export async function selectFormerClients(at: Ctx, contactId: string): Promise<ClientRow[]> {
  const rows = await at.db.select({ id: f.clientId }).from(f)
    .where(and(eq(f.contactId, contactId), eq(f.workspaceId, at.workspaceId))).orderBy(f.clientId);
  const found = await Promise.all(rows.map(({ id }) => selectClient(at, id)));
  return found.filter((client) => client !== null);
}

/** Whether any contact, or any other than one, is the client's, or was. */
export async function isReached(at: Ctx, clientId: string, { but = "" } = {}): Promise<boolean> {
  const { workspaceId } = at;
  const [found] = await at.db.all<{ one: number }>(sql`
    select 1 as one where exists (
        select 1 from client_contacts
        where workspace_id = ${workspaceId} and client_id = ${clientId} and contact_id <> ${but})
      or exists (select 1 from former_client_contacts
        where workspace_id = ${workspaceId} and client_id = ${clientId} and contact_id <> ${but})`);
  return found !== undefined;
}

export async function deleteWaysOf(tx: Tx, contactId: string): Promise<void> {
  await tx.db.delete(f).where(and(eq(f.contactId, contactId), eq(f.workspaceId, tx.workspaceId)));
}

export async function deleteWay(
  tx: Tx,
  { contactId, clientId }: { contactId: string; clientId: string },
): Promise<void> {
  await tx.db.delete(f).where(
    and(eq(f.contactId, contactId), eq(f.clientId, clientId), eq(f.workspaceId, tx.workspaceId)),
  );
}
