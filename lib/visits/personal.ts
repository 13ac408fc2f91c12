import { emptyEvents } from "../events/mod.ts";
import type { Ctx, Tx } from "../context.ts";
import { dropBlobs } from "../conversations/mod.ts";
import { visitViews } from "./present.ts";
import { selectVisits } from "./store.ts";
import { emptyVisitsOf, selectIdsOfContact } from "./store-photos.ts";

const MOST = 10_000;

/** A contact's visits, for its export, and those of the clients who are the person that name no contact. */
export async function exportVisitsOf(
  at: Ctx,
  { contactId, clientIds }: { contactId: string; clientIds: readonly string[] },
): Promise<Record<string, unknown>> {
  const rows = await selectVisits(at, { contactId, before: null, limit: MOST });
  for (const clientId of clientIds) {
    const theirs = await selectVisits(at, { clientId, before: null, limit: MOST });
    rows.push(...theirs.filter((row) => row.contactId === null));
  }
  return { visits: await visitViews(at, rows) };
}

/** Keeps that there were visits, when and whose, for the figures; the pictures' files go by a job. */
export async function eraseVisitsOf(tx: Tx, contactId: string): Promise<void> {
  await emptyEvents(tx, { subjectIds: await selectIdsOfContact(tx, contactId) });
  await dropBlobs(tx, await emptyVisitsOf(tx, contactId));
}
