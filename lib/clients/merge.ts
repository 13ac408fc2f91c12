import { audit } from "../audit/mod.ts";
import type { Ctx } from "../context.ts";
import { emit } from "../events/mod.ts";
import { enqueue } from "../jobs/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { invalid } from "../kernel/errors.ts";
import { loadClient } from "./clients.ts";
import { clientsMerged } from "./jobs.ts";
import { contractOfBoth } from "./contract.ts";
import { awaitEnd } from "./contract-end.ts";
import { type ClientDetail, clientDetail } from "./detail.ts";
import { type ClientRow, replaceTerms, selectClient, updateClient } from "./store.ts";
import { CLIENT_PLACES_LATER, moveClientAt, moveClientNow } from "./store-merge.ts";
import { termsOf } from "./terms.ts";
import { forgetUnreached, keepWaysTo } from "./ways.ts";

/**
 * Makes two clients one: contacts and sites come over, what the one lacks it gets from the other, and the other's id
 * stands for this one from then on. What other parts keep by the id follows by a job.
 */
export async function mergeClients(
  ctx: Ctx,
  { id, duplicate_id }: { id: string; duplicate_id: string },
): Promise<ClientDetail> {
  requireScope(ctx, "clients:write");
  return await ctx.transact(async (tx) => {
    const into = await loadClient(tx, id);
    const from = await loadClient(tx, duplicate_id);
    if (into.id === from.id) throw invalid("duplicate_id", "is the client itself");
    const now = tx.now();
    await updateClient(tx, from.id, { mergedInto: into.id, removedAt: now, updatedAt: now });
    await replaceTerms(tx, from.id, []);
    const change = { ...lacking(into, from), ...await contractOfBoth(tx, { into, from }), updatedAt: now };
    await updateClient(tx, into.id, change);
    const merged = { ...into, ...change };
    await replaceTerms(tx, into.id, termsOf(merged));
    const data = { from: from.id, into: into.id };
    const gone = await keepWaysTo(tx, from);
    await moveClientNow(tx, data);
    // Who went into another person is found by that one; a company leads to nobody.
    if (into.kind === "company") await forgetUnreached(tx, gone);
    await enqueue(tx, clientsMerged, data);
    await awaitEnd(tx, merged);
    await emit(tx, { type: "client.merged", subjectId: from.id, data });
    await audit(tx, { action: "client.merge", subjectId: from.id, detail: { into: into.id } });
    return await clientDetail(tx, merged);
  });
}

const ROWS_A_COMMIT = 500;

/** What other parts keep by the id of a client who is another now, a part in a commit. A second run changes nothing. */
export async function followMerge(ctx: Ctx, { from }: { from: string }): Promise<void> {
  requireScope(ctx, "clients:write");
  for (const place of CLIENT_PLACES_LATER) {
    for (let moved = ROWS_A_COMMIT; moved === ROWS_A_COMMIT;) {
      ctx.signal?.throwIfAborted();
      moved = await ctx.transact(async (tx) => {
        // The one that it went into may have gone into a third since.
        const into = (await selectClient(tx, from))?.mergedInto ?? null;
        return into === null ? 0 : await moveClientAt(tx, { ...place, from, into, most: ROWS_A_COMMIT });
      });
    }
  }
}

const FILLED = [
  "taxId",
  "externalId",
  "email",
  "phone",
  "language",
  "timezone",
] as const satisfies readonly (keyof ClientRow)[];

function lacking(into: ClientRow, from: ClientRow): Partial<ClientRow> {
  const filled = FILLED.filter((key) => into[key] === null).map((key) => [key, from[key]]);
  const notes = [into.notes, from.notes].filter((one) => one !== null);
  return {
    ...Object.fromEntries(filled),
    notes: notes.length === 0 ? null : notes.join("\n\n").slice(0, 8000).toWellFormed(),
    labels: [...new Set([...into.labels, ...from.labels])],
    custom: { ...from.custom, ...into.custom },
  };
}
