import { audit } from "../audit/mod.ts";
import type { Ctx, Tx } from "../context.ts";
import { emit } from "../events/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { HOUR, iso, isoOrNull } from "../kernel/clock.ts";
import { AppError, notFound } from "../kernel/errors.ts";
import { given } from "../kernel/given.ts";
import { newId } from "../kernel/ids.ts";
import { decodeCursor, type Page, type PageRequest, toPage } from "../kernel/page.ts";
import {
  deleteEndpoint,
  type EndpointRow,
  insertEndpoint,
  selectEndpoint,
  selectEndpoints,
  updateEndpoint,
} from "./store-endpoints.ts";

export interface EndpointView {
  readonly id: string;
  readonly url: string;
  readonly description: string;
  readonly types: string[];
  readonly enabled: boolean;
  readonly disabled_reason: string | null;
  /** Tries that failed since the last success. */
  readonly failures: number;
  readonly failing_since: string | null;
  readonly last_success_at: string | null;
  readonly old_secret_until: string | null;
  readonly created_at: string;
}

export interface EndpointWithSecret extends EndpointView {
  /** Shown this once. */
  readonly secret: string;
}

function view(row: EndpointRow): EndpointView {
  return {
    id: row.id,
    url: row.url,
    description: row.description,
    types: row.types,
    enabled: row.enabled,
    disabled_reason: row.disabledReason,
    failures: row.failures,
    failing_since: isoOrNull(row.failingSince),
    last_success_at: isoOrNull(row.lastSuccessAt),
    old_secret_until: isoOrNull(row.oldSecretUntil),
    created_at: iso(row.createdAt),
  };
}

/** `whsec_` and 32 random bytes (Standard Webhooks 1.0.0). */
function newWebhookSecret(): string {
  return `whsec_${btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(32))))}`;
}

export async function listEndpoints(ctx: Ctx, { limit, cursor }: PageRequest): Promise<Page<EndpointView>> {
  requireScope(ctx, "webhooks:read");
  const after = cursor === undefined ? null : String(decodeCursor(cursor, 1)[0]);
  const rows = await selectEndpoints(ctx, { after, limit: limit + 1 });
  return toPage(rows, { limit, keysOf: ({ id }) => [id], toDto: view });
}

export async function getEndpoint(ctx: Ctx, id: string): Promise<EndpointView> {
  requireScope(ctx, "webhooks:read");
  return view(await load(ctx, id));
}

export interface NewEndpoint {
  readonly url: string;
  readonly types: readonly string[];
  readonly description?: string | undefined;
}

/** Registers an address for events from now on. Throws 422 for one that is not of the public internet. */
export async function createEndpoint(ctx: Ctx, fresh: NewEndpoint): Promise<EndpointWithSecret> {
  requireScope(ctx, "webhooks:write");
  const { url, types, description = "" } = fresh;
  await ctx.ports.fetch.check(url);
  const id = newId("webhookEndpoint");
  const secret = newWebhookSecret();
  const sealed = await ctx.ports.secrets.seal(secret, id);
  return await ctx.transact(async (tx) => {
    await insertEndpoint(tx, { id, url, description, types: [...types], secret: sealed });
    await audit(tx, {
      action: "webhook_endpoint.create",
      subjectId: id,
      detail: { host: new URL(url).host, types },
    });
    await emit(tx, { type: "webhook.endpoint_created", subjectId: id, data: { types } });
    return { ...view(await load(tx, id)), secret };
  });
}

export interface EndpointChange {
  readonly url?: string | undefined;
  readonly types?: readonly string[] | undefined;
  readonly description?: string | undefined;
  /** True also takes back what was disabled by itself. */
  readonly enabled?: boolean | undefined;
}

export async function changeEndpoint(
  ctx: Ctx,
  { id, ...change }: EndpointChange & { id: string },
): Promise<EndpointView> {
  requireScope(ctx, "webhooks:write");
  const { url, types, description, enabled } = change;
  if (url !== undefined) await ctx.ports.fetch.check(url);
  return await ctx.transact(async (tx) => {
    await load(tx, id);
    const fresh = { failures: 0, failingSince: null, disabledReason: enabled === true ? null : "by_person" };
    await updateEndpoint(tx, id, {
      id,
      ...(url === undefined ? {} : { url }),
      ...(types === undefined ? {} : { types: [...types] }),
      ...(description === undefined ? {} : { description }),
      ...(enabled === undefined ? {} : { enabled, ...fresh }),
    });
    const host = url === undefined ? {} : { host: new URL(url).host };
    const detail = { fields: Object.keys(given(change)), ...host };
    await audit(tx, { action: "webhook_endpoint.change", subjectId: id, detail });
    return view(await load(tx, id));
  });
}

export async function removeEndpoint(ctx: Ctx, id: string): Promise<void> {
  requireScope(ctx, "webhooks:write");
  await ctx.transact(async (tx) => {
    if (!await deleteEndpoint(tx, id)) throw notFound("webhook endpoint", id);
    await audit(tx, { action: "webhook_endpoint.remove", subjectId: id });
  });
}

/** A new secret; the one before signs as well for so many hours. */
export async function rotateEndpointSecret(
  ctx: Ctx,
  { id, graceHours }: { id: string; graceHours: number },
): Promise<EndpointWithSecret> {
  requireScope(ctx, "webhooks:write");
  const secret = newWebhookSecret();
  const sealed = await ctx.ports.secrets.seal(secret, id);
  return await ctx.transact(async (tx) => {
    const { secret: old } = await load(tx, id);
    await updateEndpoint(tx, id, {
      secret: sealed,
      oldSecret: graceHours === 0 ? null : old,
      oldSecretUntil: graceHours === 0 ? null : tx.now() + graceHours * HOUR,
    });
    await audit(tx, { action: "webhook_endpoint.rotate", subjectId: id, detail: { graceHours } });
    return { ...view(await load(tx, id)), secret };
  });
}

/** An endpoint that may be called. Throws 404, or 409 when it is disabled. */
export async function loadEnabled(tx: Tx, id: string): Promise<EndpointRow> {
  const row = await load(tx, id);
  if (row.enabled) return row;
  throw new AppError("conflict", "The endpoint is disabled: enable it first", {
    extra: { disabled_reason: row.disabledReason },
  });
}

async function load(at: Ctx, id: string): Promise<EndpointRow> {
  const row = await selectEndpoint(at, id);
  if (row === null) throw notFound("webhook endpoint", id);
  return row;
}
