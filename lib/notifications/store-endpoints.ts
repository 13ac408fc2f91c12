import { and, asc, eq, gt, inArray, sql } from "drizzle-orm";
import {
  notificationDeliveries as deliveries,
  webhookEndpoints as endpoints,
} from "../../db/schema/notifications.ts";
import { statement, statementOne } from "../../db/statement.ts";
import type { Ctx, Tx } from "../context.ts";
import { UNTRIED } from "./store-deliveries.ts";

export type EndpointRow = typeof endpoints.$inferSelect;

const p = sql.placeholder;

const byId = statementOne((db) =>
  db.select().from(endpoints)
    .where(and(eq(endpoints.id, p("id")), eq(endpoints.workspaceId, p("workspaceId")))).prepare()
);

export async function selectEndpoint(at: Ctx, id: string): Promise<EndpointRow | null> {
  return await byId(at, { id, workspaceId: at.workspaceId }) ?? null;
}

const listening = statement((db) =>
  db.select({
    id: endpoints.id,
    types: endpoints.types,
    enabled: endpoints.enabled,
    createdAt: endpoints.createdAt,
  }).from(endpoints)
    .where(and(
      eq(endpoints.workspaceId, p("workspaceId")),
      sql`(${endpoints.enabled} = 1 or (${endpoints.disabledReason} = 'failing' and
        ${endpoints.failingSince} > ${p("since")}))`,
    )).prepare()
);

export type Listener = Pick<EndpointRow, "id" | "types" | "enabled" | "createdAt">;

/** Those that may be called, with what they listen to; and those that began to fail after `since`. */
export async function selectListening(at: Ctx, { since }: { since: number }): Promise<Listener[]> {
  return await listening(at, { workspaceId: at.workspaceId, since });
}

export async function selectEndpoints(
  at: Ctx,
  { after, limit }: { after: string | null; limit: number },
): Promise<EndpointRow[]> {
  return await at.db.select().from(endpoints)
    .where(
      and(eq(endpoints.workspaceId, at.workspaceId), after === null ? undefined : gt(endpoints.id, after)),
    )
    .orderBy(asc(endpoints.id)).limit(limit);
}

export type NewEndpointRow = Pick<EndpointRow, "id" | "url" | "description" | "types" | "secret">;

export async function insertEndpoint(tx: Tx, row: NewEndpointRow): Promise<void> {
  await tx.db.insert(endpoints).values({
    ...row,
    workspaceId: tx.workspaceId,
    enabled: true,
    createdAt: tx.now(),
  });
}

export async function updateEndpoint(tx: Tx, id: string, change: Partial<EndpointRow>): Promise<void> {
  await tx.db.update(endpoints).set(change)
    .where(and(eq(endpoints.id, id), eq(endpoints.workspaceId, tx.workspaceId)));
}

export async function deleteEndpoint(tx: Tx, id: string): Promise<boolean> {
  const { rowsAffected } = await tx.db.delete(endpoints)
    .where(and(eq(endpoints.id, id), eq(endpoints.workspaceId, tx.workspaceId)));
  return rowsAffected === 1;
}

const ok = statement((db) =>
  db.update(endpoints).set({ failures: 0, failingSince: null, lastSuccessAt: sql`${p("now")}` })
    .where(and(eq(endpoints.id, p("id")), eq(endpoints.workspaceId, p("workspaceId")))).prepare()
);

export async function noteSuccess(tx: Tx, id: string): Promise<void> {
  await ok(tx, { id, workspaceId: tx.workspaceId, now: tx.now() });
}

/** Resolves to the row after it; null: the endpoint is gone or was disabled before. */
export async function noteFailures(
  tx: Tx,
  { id, count }: { id: string; count: number },
): Promise<EndpointRow | null> {
  const [row] = await tx.db.update(endpoints).set({
    failures: sql`${endpoints.failures} + ${count}`,
    failingSince: sql`coalesce(${endpoints.failingSince}, ${tx.now()})`,
  }).where(and(eq(endpoints.id, id), eq(endpoints.workspaceId, tx.workspaceId), eq(endpoints.enabled, true)))
    .returning();
  return row ?? null;
}

export interface ReplayFilter {
  readonly endpointId: string;
  readonly since: number | null;
  readonly states: readonly ("failed" | "skipped" | "delivered" | "outcome_unknown")[];
  readonly ids: readonly string[] | null;
  readonly limit: number;
}

/** Deliveries of an endpoint are free again; resolves to their ids, the oldest first. */
export async function restartCalls(tx: Tx, filter: ReplayFilter): Promise<string[]> {
  const { endpointId, since, states, ids, limit } = filter;
  const which = tx.db.select({ id: deliveries.id }).from(deliveries).where(and(
    eq(deliveries.workspaceId, tx.workspaceId),
    eq(deliveries.channel, "webhook"),
    sql`channel <> 'in_app'`, // as the index of recipients says
    eq(deliveries.recipient, endpointId),
    inArray(deliveries.state, [...states]),
    since === null ? undefined : sql`${deliveries.createdAt} >= ${since}`,
    ids === null ? undefined : inArray(deliveries.id, [...ids]),
  )).orderBy(asc(deliveries.id)).limit(limit);
  const rows = await tx.db.update(deliveries)
    .set({ ...UNTRIED, reason: "replay", stateAt: tx.now() })
    .where(and(eq(deliveries.workspaceId, tx.workspaceId), inArray(deliveries.id, which)))
    .returning({ id: deliveries.id });
  return rows.map(({ id }) => id).sort();
}
