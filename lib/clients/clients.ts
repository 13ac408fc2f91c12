import type { output } from "zod";
import { audit } from "../audit/mod.ts";
import type { Ctx, Tx } from "../context.ts";
import { emit } from "../events/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { AppError, invalid, notFound, unlessTaken } from "../kernel/errors.ts";
import { given } from "../kernel/given.ts";
import { newId } from "../kernel/ids.ts";
import { decodeCursor, type Page, type PageRequest, toPage } from "../kernel/page.ts";
import { policyOf } from "../sla/mod.ts";
import { awaitEnd } from "./contract-end.ts";
import { type ClientDetail, clientDetail } from "./detail.ts";
import {
  type ClientChange,
  clientChange,
  type ClientFields,
  clientQuery,
  ENDS_EARLY,
  isInOrder,
  type NewClient,
  newClient,
} from "./schemas.ts";
import {
  type ClientRow,
  insertClient,
  replaceTerms,
  selectClient,
  selectClientByTerms,
  selectClients,
  updateClient,
} from "./store.ts";
import { deleteLinksOf, removeSitesOf } from "./store-links.ts";
import { askedTerms, phoneTerms, termsOf } from "./terms.ts";
import { forgetUnreached, keepWaysTo } from "./ways.ts";

const TAKEN = "Another client has this external id";

/** Throws 409 when the external id is another client's, 422 for an SLA policy that is not there. */
export async function createClient(ctx: Ctx, input: NewClient): Promise<ClientDetail> {
  requireScope(ctx, "clients:write");
  const fields = newClient.parse(input);
  return await ctx.transact(async (tx) => {
    if (fields.sla_policy_id !== null) await policyOf(tx, fields.sla_policy_id);
    const row = await writeNew(tx, fields);
    await emit(tx, {
      type: "client.created",
      subjectId: row.id,
      data: { client_id: row.id, name: row.name },
    });
    await audit(tx, { action: "client.create", subjectId: row.id, detail: { kind: row.kind } });
    return await clientDetail(tx, row);
  });
}

/** The row alone, for who writes many and tells of them once. */
export async function writeNew(tx: Tx, fields: ClientFields): Promise<ClientRow> {
  const now = tx.now();
  const { starts, ends, plan } = fields.contract;
  const row: Omit<ClientRow, "workspaceId"> = {
    id: newId("client"),
    kind: fields.kind,
    name: fields.name,
    taxId: fields.tax_id,
    externalId: fields.external_id,
    email: fields.email,
    phone: fields.phone,
    contractStarts: starts,
    contractEnds: ends,
    contractPlan: plan,
    contractWarned: null,
    slaPolicyId: fields.sla_policy_id,
    language: fields.language,
    timezone: fields.timezone,
    notes: fields.notes,
    labels: fields.labels,
    custom: fields.custom,
    mergedInto: null,
    removedAt: null,
    createdAt: now,
    updatedAt: now,
  };
  await unlessTaken(() => insertClient(tx, row, termsOf(row)), TAKEN);
  await awaitEnd(tx, row);
  return { ...row, workspaceId: tx.workspaceId };
}

/** Changes what is given; `custom` is replaced as a whole. */
export async function changeClient(
  ctx: Ctx,
  { id, ...input }: ClientChange & { id: string },
): Promise<ClientDetail> {
  requireScope(ctx, "clients:write");
  const change = clientChange.parse(input);
  return await ctx.transact(async (tx) => {
    const before = await loadClient(tx, id);
    if (typeof change.sla_policy_id === "string") await policyOf(tx, change.sla_policy_id);
    requireOrder(before, change);
    const row = await writeChange(tx, { before, change });
    const fields = Object.keys(change);
    await emit(tx, { type: "client.changed", subjectId: row.id, data: { client_id: row.id, fields } });
    await audit(tx, { action: "client.change", subjectId: row.id, detail: { fields } });
    return await clientDetail(tx, row);
  });
}

function requireOrder(
  { contractStarts, contractEnds }: ClientRow,
  { contract }: output<typeof clientChange>,
) {
  const { starts = contractStarts, ends = contractEnds } = contract ?? {};
  if (!isInOrder({ starts, ends })) throw invalid("contract.ends", ENDS_EARLY.message);
}

export async function writeChange(
  tx: Tx,
  { before, change }: { before: ClientRow; change: output<typeof clientChange> },
): Promise<ClientRow> {
  const { tax_id, external_id, sla_policy_id, contract, ...plain } = change;
  const fields = given({
    ...plain,
    taxId: tax_id,
    externalId: external_id,
    slaPolicyId: sla_policy_id,
    contractStarts: contract?.starts,
    contractEnds: contract?.ends,
    contractPlan: contract?.plan,
    updatedAt: tx.now(),
  });
  const row: ClientRow = { ...before, ...fields };
  await unlessTaken(() => updateClient(tx, before.id, fields), TAKEN);
  await replaceTerms(tx, before.id, termsOf(row));
  if (row.contractEnds !== before.contractEnds) await awaitEnd(tx, row);
  return row;
}

/**
 * Takes a client away; what was done for them stays. Its contacts become nobody's, and nobody is sent to its sites. A
 * person goes for good with the last of these contacts that is erased; without any, at once.
 */
export async function removeClient(ctx: Ctx, { id }: { id: string }): Promise<void> {
  requireScope(ctx, "clients:write");
  await ctx.transact(async (tx) => {
    const client = await loadClient(tx, id);
    if (client.id !== id) {
      // Who tidies up a duplicate does not mean the client that it went into.
      throw new AppError(
        "conflict",
        "The client was merged: remove the one that it went into, if that is meant",
        {
          extra: { merged_into: client.id },
        },
      );
    }
    await updateClient(tx, client.id, { removedAt: tx.now(), updatedAt: tx.now() });
    await replaceTerms(tx, client.id, []);
    const gone = await keepWaysTo(tx, client);
    await deleteLinksOf(tx, client.id);
    await removeSitesOf(tx, client.id);
    await forgetUnreached(tx, gone);
    await emit(tx, { type: "client.removed", subjectId: client.id, data: { client_id: client.id } });
    await audit(tx, { action: "client.remove", subjectId: client.id, detail: { kind: client.kind } });
  });
}

export async function getClient(ctx: Ctx, { id }: { id: string }): Promise<ClientDetail> {
  requireScope(ctx, "clients:read");
  return await clientDetail(ctx, await loadClient(ctx, id));
}

export interface ClientQuery extends PageRequest {
  readonly q?: string | undefined;
  readonly label?: string | undefined;
  readonly external_id?: string | undefined;
}

/** The newest first. */
export async function listClients(
  ctx: Ctx,
  { limit, cursor, ...input }: ClientQuery,
): Promise<Page<ClientDetail>> {
  requireScope(ctx, "clients:read");
  const { q, label, external_id: externalId } = clientQuery.parse(input);
  const before = cursor === undefined ? null : String(decodeCursor(cursor, 1)[0]);
  const terms = askedTerms(q ?? "");
  if (q !== undefined && q.trim() !== "" && terms.length === 0) return { data: [], next_cursor: null };
  const rows = await selectClients(ctx, { before, limit: limit + 1, terms, label, externalId });
  const page = toPage(rows, { limit, keysOf: ({ id }) => [id], toDto: (row) => row });
  return { ...page, data: await Promise.all(page.data.map((row) => clientDetail(ctx, row))) };
}

/** A client, or the one that it was merged into; null for one that was removed. */
export async function findClient(at: Ctx, id: string): Promise<ClientRow | null> {
  const row = await selectClient(at, id);
  const into = row?.mergedInto ?? null;
  const standing = into === null ? row : await selectClient(at, into);
  return standing === null || standing.removedAt !== null ? null : standing;
}

/** The id under which a client is known now: what is asked for under one that was merged is the other's. */
export async function standingId<T extends string | undefined>(at: Ctx, id: T): Promise<T | string> {
  return id === undefined ? id : (await selectClient(at, id))?.mergedInto ?? id;
}

/** Throws 404. */
export async function loadClient(at: Ctx, id: string): Promise<ClientRow> {
  const client = await findClient(at, id);
  if (client === null) throw notFound("client", id);
  return client;
}

/** Whose own number it is, in whichever of these forms it was kept; null when nobody's. */
export async function clientOfPhone(at: Ctx, phones: readonly string[]): Promise<ClientRow | null> {
  const terms = [...new Set(phones.flatMap(phoneTerms))];
  return terms.length === 0 ? null : await selectClientByTerms(at, terms);
}
