import type { Ctx, Tx } from "../context.ts";
import { clientOfContact } from "./contacts.ts";
import { clientView, siteView } from "./present.ts";
import { type ClientRow, selectMergedInto } from "./store.ts";
import { deleteLink, selectLink, selectSites } from "./store-links.ts";
import { deleteWaysOf, isReached, selectFormerClients } from "./store-ways.ts";
import { forgetUnreached } from "./ways.ts";

const ALL = 1000;

/**
 * What is kept of a contact here, for its export: whose contact it is, and all of a client who is that person, one that
 * was removed or merged too.
 */
export async function exportClientOf(at: Ctx, contactId: string): Promise<Record<string, unknown>> {
  const client = await clientOfContact(at, contactId);
  const role = (await selectLink(at, contactId))?.role ?? null;
  const former_clients: unknown[] = [];
  for (const gone of await selectFormerClients(at, contactId)) {
    if (gone.kind === "person") former_clients.push(await allOf(at, gone));
  }
  if (client === null) return { client, former_clients };
  if (client.kind === "company") {
    return { client: { id: client.id, name: client.name, role }, former_clients };
  }
  return { client: { ...await allOf(at, client), role }, former_clients };
}

async function allOf(at: Ctx, client: ClientRow): Promise<Record<string, unknown>> {
  const sites = await selectSites(at, { clientId: client.id, before: null, limit: ALL, removed: true });
  return { ...clientView(client), sites: sites.map(siteView) };
}

/** The clients who are this person, and nobody else's, with those that were merged into them. */
export async function clientsWhoAre(at: Ctx, contactId: string): Promise<string[]> {
  const ids = new Set<string>();
  for (
    const client of [await clientOfContact(at, contactId), ...await selectFormerClients(at, contactId)]
  ) {
    if (client === null || client.kind === "company") continue;
    if (await isReached(at, client.id, { but: contactId })) continue;
    for (const id of [client.id, ...await selectMergedInto(at, client.id)]) ids.add(id);
  }
  return [...ids];
}

/** Forgets whose contact it was, and is, and empties the clients who are that person. */
export async function eraseClientOf(tx: Tx, contactId: string): Promise<void> {
  const gone = await clientsWhoAre(tx, contactId);
  await deleteLink(tx, contactId);
  await deleteWaysOf(tx, contactId);
  await forgetUnreached(tx, gone);
}
