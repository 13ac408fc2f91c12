import type { output } from "zod";
import { clientOfContact, type ClientRow, findClient } from "../clients/mod.ts";
import type { Tx } from "../context.ts";
import { policyOf } from "../sla/mod.ts";
import type { Change } from "./change.ts";
import { namedClient } from "./named.ts";
import { policyOfClient, standingPolicy } from "./promises.ts";
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
  if (!await isFollowed(tx, { row, client: before })) return { clientId };
  const slaPolicyId = await policyOfClient(tx, after) ?? await defaultPolicy(tx);
  return { clientId, slaPolicyId };
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

/** Whether what is promised is what the client of then was promised, before, within or after the days of its contract. */
async function isFollowed(
  tx: Tx,
  { row: { slaPolicyId }, client }: { row: TicketRow; client: ClientRow | null },
): Promise<boolean> {
  const own = client === null ? null : await standingPolicy(tx, client.slaPolicyId);
  if (own !== null && slaPolicyId === own) return true;
  const dated = client !== null && (client.contractStarts !== null || client.contractEnds !== null);
  return (own === null || dated) && slaPolicyId === await defaultPolicy(tx);
}

const defaultPolicy = async (tx: Tx) => (await policyOf(tx, null))?.id ?? null;
