import { and, asc, eq, sql } from "drizzle-orm";
import { deliveryAttempts as attempts, type DeliveryOutcome } from "../../db/schema/notifications.ts";
import { statement } from "../../db/statement.ts";
import type { Ctx, Tx } from "../context.ts";

export type DeliveryAttemptRow = typeof attempts.$inferSelect;

const p = sql.placeholder;

export interface NewAttempt {
  readonly id: string;
  readonly deliveryId: string;
  readonly number: number;
  readonly provider: string;
}

/** Tries that begin with the commit of `tx`. */
export async function insertAttempts(
  tx: Tx,
  { jobId, rows }: { jobId: string; rows: readonly NewAttempt[] },
): Promise<void> {
  if (rows.length === 0) return;
  await tx.db.run(sql`
    insert into delivery_attempts (id, workspace_id, delivery_id, job_id, number, provider, started_at)
    select value ->> 'id', ${tx.workspaceId}, value ->> 'deliveryId', ${jobId}, value ->> 'number',
      value ->> 'provider', ${tx.now()}
    from json_each(${JSON.stringify(rows)})`);
}

export interface AttemptEnd {
  readonly id: string;
  readonly outcome: DeliveryOutcome;
  readonly reason: string | null;
  readonly vendorCode: string | null;
  readonly detail: string | null;
}

export async function endAttempts(tx: Tx, ends: readonly AttemptEnd[]): Promise<void> {
  if (ends.length === 0) return;
  await tx.db.run(sql`with ending as (
      select value ->> 'id' as id, value ->> 'outcome' as outcome, value ->> 'reason' as reason,
        value ->> 'vendorCode' as vendor_code, value ->> 'detail' as detail
      from json_each(${JSON.stringify(ends)})
    )
    update delivery_attempts as a set ended_at = ${tx.now()}, outcome = e.outcome, reason = e.reason,
      vendor_code = e.vendor_code, detail = e.detail
    from ending as e where a.id = e.id and a.workspace_id = ${tx.workspaceId}`);
}

const openOf = statement((db) =>
  db.select().from(attempts).where(and(
    eq(attempts.workspaceId, p("workspaceId")),
    sql`${attempts.deliveryId} in (select value from json_each(${p("ids")}))`,
    sql`${attempts.outcome} is null`,
  )).prepare()
);

/** Tries of these deliveries of which nothing was heard. */
export async function selectOpenAttempts(at: Ctx, ids: readonly string[]): Promise<DeliveryAttemptRow[]> {
  return await openOf(at, { workspaceId: at.workspaceId, ids: JSON.stringify(ids) });
}

const ofDelivery = statement((db) =>
  db.select().from(attempts).where(and(
    eq(attempts.workspaceId, p("workspaceId")),
    eq(attempts.deliveryId, p("deliveryId")),
  )).orderBy(asc(attempts.number)).prepare()
);

/** The first first. */
export async function selectAttemptsOf(at: Ctx, deliveryId: string): Promise<DeliveryAttemptRow[]> {
  return await ofDelivery(at, { workspaceId: at.workspaceId, deliveryId });
}
