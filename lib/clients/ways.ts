import type { Tx } from "../context.ts";
import { emptyEvents } from "../events/mod.ts";
import { forgetNotificationsAbout } from "../notifications/mod.ts";
import { type ClientRow, replaceTerms, selectMergedInto, updateClient } from "./store.ts";
import { emptySitesOf } from "./store-links.ts";
import { insertWays, isReached } from "./store-ways.ts";

/**
 * Remembers whose contacts a client is who is a person, and is about to lose them: who exports or erases the contact
 * finds the person by it. Resolves to the ids of the client and of those that it stands for; a company has none.
 */
export async function keepWaysTo(tx: Tx, { id, kind }: ClientRow): Promise<string[]> {
  if (kind === "company") return [];
  const ids = [id, ...await selectMergedInto(tx, id)];
  await insertWays(tx, { of: id, to: ids });
  return ids;
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

/** Empties those of the clients to whom no contact leads any more: nobody could find them to erase them. */
export async function forgetUnreached(tx: Tx, ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    if (await isReached(tx, id)) continue;
    await emptySitesOf(tx, id);
    await replaceTerms(tx, id, []);
    await emptyEvents(tx, { subjectIds: [id] });
    await forgetNotificationsAbout(tx, [id]);
    await updateClient(tx, id, { ...NOBODY, removedAt: tx.now(), updatedAt: tx.now() });
  }
}
