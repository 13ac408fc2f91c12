import { emptyEvents } from "../events/mod.ts";
import type { Ctx, Tx } from "../context.ts";
import { clientOfContact } from "./contacts.ts";
import { clientView, siteView } from "./present.ts";
import { replaceTerms, selectMergedInto, updateClient } from "./store.ts";
import { deleteLink, emptySitesOf, selectLink, selectLinks, selectSites } from "./store-links.ts";

const ALL = 1000;

/** What is kept of a contact here, for its export: whose contact it is, and all of a client who is that person. */
export async function exportClientOf(at: Ctx, contactId: string): Promise<Record<string, unknown>> {
  const client = await clientOfContact(at, contactId);
  if (client === null) return { client: null };
  const role = (await selectLink(at, contactId))?.role ?? null;
  if (client.kind === "company") return { client: { id: client.id, name: client.name, role } };
  const sites = await selectSites(at, { clientId: client.id, before: null, limit: ALL, removed: true });
  return { client: { ...clientView(client), role, sites: sites.map(siteView) } };
}

const NOBODY = {
  name: "",
  taxId: null,
  externalId: null,
  email: null,
  phone: null,
  notes: null,
  labels: [],
  custom: {},
};

/**
 * Forgets whose contact it was; a client who is that person, and nobody else's, is emptied with those that were merged
 * into it.
 */
export async function eraseClientOf(tx: Tx, contactId: string): Promise<void> {
  const client = await clientOfContact(tx, contactId);
  await deleteLink(tx, contactId);
  if (client === null || client.kind === "company") return;
  const others = await selectLinks(tx, { clientId: client.id, after: null, limit: 1 });
  if (others.length > 0) return;
  await emptySitesOf(tx, client.id);
  await replaceTerms(tx, client.id, []);
  for (const id of [client.id, ...await selectMergedInto(tx, client.id)]) {
    await emptyEvents(tx, { subjectIds: [id] });
    await updateClient(tx, id, { ...NOBODY, removedAt: tx.now(), updatedAt: tx.now() });
  }
}
