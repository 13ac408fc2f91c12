import type { Ctx, Tx } from "../context.ts";
import { callView } from "./present.ts";
import { emptyEvents } from "../events/mod.ts";
import { emptyCallsOf, selectCalls, selectCallsById, selectIdsOfContact } from "./store.ts";

const MOST = 10_000;

/**
 * A contact's calls, for its export, and those that name no contact: of the clients who are the person, and those with
 * these ids.
 */
export async function exportCallsOf(
  at: Ctx,
  { contactId, clientIds, callIds }: {
    contactId: string;
    clientIds: readonly string[];
    callIds: readonly string[];
  },
): Promise<Record<string, unknown>> {
  const rows = [
    ...await selectCalls(at, { contactId, before: null, limit: MOST }),
    ...await selectCallsById(at, callIds),
  ];
  const known = new Set(callIds);
  for (const clientId of clientIds) {
    const theirs = await selectCalls(at, { clientId, before: null, limit: MOST });
    rows.push(...theirs.filter(({ id, contactId }) => contactId === null && !known.has(id)));
  }
  return { calls: rows.map(callView) };
}

/** Keeps that there were calls, when and how long, for the figures. */
export async function eraseCallsOf(tx: Tx, contactId: string): Promise<void> {
  await emptyEvents(tx, { subjectIds: await selectIdsOfContact(tx, contactId) });
  await emptyCallsOf(tx, contactId);
}
