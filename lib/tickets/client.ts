import type { output } from "zod";
import { clientOfContact, type ClientRow, findClient } from "../clients/mod.ts";
import type { Tx } from "../context.ts";
import { policyOf } from "../sla/mod.ts";
import type { Change } from "./change.ts";
import { namedClient } from "./named.ts";
import { policyOfClient } from "./promises.ts";
import type { ticketChange } from "./schemas.ts";
import type { TicketRow } from "./store.ts";

type Wanted = Pick<output<typeof ticketChange>, "client_id" | "contact_id" | "sla_policy_id">;

/**
 * The client that a ticket is for after a change: who is named, else the one of who asks. The promises follow the
 * client as they do when a ticket is opened, unless another policy was chosen for it. Throws 422.
 */
export async function clientAfter(
  tx: Tx,
  { row, wanted }: { row: TicketRow; wanted: Wanted },
): Promise<Pick<Change, "clientId" | "slaPolicyId">> {
  const before = row.clientId === null ? null : await findClient(tx, row.clientId);
  const after = await clientOf(tx, { row, wanted, before });
  const clientId = after?.id ?? null;
  if (clientId === row.clientId || wanted.sla_policy_id !== undefined) return { clientId };
  if (row.slaPolicyId !== await promisedTo(tx, before)) return { clientId };
  return { clientId, slaPolicyId: await promisedTo(tx, after) };
}

async function clientOf(
  tx: Tx,
  { row, wanted: { client_id, contact_id }, before }: {
    row: TicketRow;
    wanted: Wanted;
    before: ClientRow | null;
  },
): Promise<ClientRow | null> {
  if (client_id !== undefined) return client_id === null ? null : await namedClient(tx, client_id);
  const asked = row.contactId === null ? null : await clientOfContact(tx, row.contactId);
  // Who chose the client by name keeps it.
  if (contact_id === undefined || contact_id === row.contactId || before?.id !== asked?.id) return before;
  return contact_id === null ? null : await clientOfContact(tx, contact_id);
}

async function promisedTo(tx: Tx, client: ClientRow | null): Promise<string | null> {
  return await policyOfClient(tx, client?.slaPolicyId) ?? (await policyOf(tx, null))?.id ?? null;
}
