import { emptyEvents } from "../events/mod.ts";
import type { Ctx, Tx } from "../context.ts";
import { dropBlobs } from "../conversations/mod.ts";
import { visitViews } from "./present.ts";
import { selectVisits } from "./store.ts";
import { emptyVisitsOf, selectIdsOfContact } from "./store-photos.ts";

const MOST = 10_000;

/** A contact's visits, for its export. */
export async function exportVisitsOf(at: Ctx, contactId: string): Promise<Record<string, unknown>> {
  const rows = await selectVisits(at, { contactId, before: null, limit: MOST });
  return { visits: await visitViews(at, rows) };
}

/** Keeps that there were visits, when and whose, for the figures; the pictures' files go by a job. */
export async function eraseVisitsOf(tx: Tx, contactId: string): Promise<void> {
  await emptyEvents(tx, { subjectIds: await selectIdsOfContact(tx, contactId) });
  await dropBlobs(tx, await emptyVisitsOf(tx, contactId));
}
