import type { Ctx } from "../context.ts";
import { audit } from "../audit/mod.ts";
import { enqueue } from "../jobs/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { AppError, notFound } from "../kernel/errors.ts";
import { decodeCursor, type Page, type PageRequest, toPage } from "../kernel/page.ts";
import { deliver } from "./jobs.ts";
import { PRIORITY_RANK } from "./policy.ts";
import { attemptView, type DeliveryAttemptView, type DeliveryView, deliveryView } from "./present.ts";
import type { DeliveryState, NotifyChannel } from "./schemas.ts";
import { selectAttemptsOf } from "./store-attempts.ts";
import { restartDelivery } from "./store-deliveries.ts";
import { selectHistory, selectShown, type ShownDelivery } from "./store-history.ts";

export interface HistoryQuery extends PageRequest {
  readonly channel?: NotifyChannel | undefined;
  readonly states?: readonly DeliveryState[] | undefined;
  readonly notificationId?: string | undefined;
  readonly recipient?: string | undefined;
  /** What they are about. */
  readonly subjectId?: string | undefined;
}

/** Every delivery of the workspace with what became of it, the newest first. */
export async function listDeliveries(ctx: Ctx, query: HistoryQuery): Promise<Page<DeliveryView>> {
  requireScope(ctx, "notifications:read");
  const { limit, cursor, ...filter } = query;
  const before = cursor === undefined ? null : String(decodeCursor(cursor, 1)[0]);
  const rows = await selectHistory(ctx, { ...filter, before, limit: limit + 1 });
  return toPage(rows, { limit, keysOf: ({ delivery }) => [delivery.id], toDto: deliveryView });
}

export interface DeliveryDetail extends DeliveryView {
  readonly tries: readonly DeliveryAttemptView[];
}

/** One delivery and every try. */
export async function getDelivery(ctx: Ctx, id: string): Promise<DeliveryDetail> {
  requireScope(ctx, "notifications:read");
  const row = await load(ctx, id);
  return { ...deliveryView(row), tries: (await selectAttemptsOf(ctx, id)).map(attemptView) };
}

const RESENDABLE: readonly DeliveryState[] = ["failed", "outcome_unknown", "skipped"];

/**
 * Sends a delivery once more. For one whose outcome nobody knows this is a person's decision: it may arrive twice.
 * Throws 409 for any other state.
 */
export async function resendDelivery(ctx: Ctx, id: string): Promise<DeliveryView> {
  requireScope(ctx, "notifications:write");
  return await ctx.transact(async (tx) => {
    const row = await load(tx, id);
    const { state, reason, channel, recipient } = row.delivery;
    if (!RESENDABLE.includes(state) || recipient === "") {
      throw new AppError(
        "conflict",
        `The delivery is ${state}; one that ${RESENDABLE.join(", ")} is sent again`,
        {
          extra: { state, allowed: RESENDABLE },
        },
      );
    }
    if (channel === "in_app") throw new AppError("conflict", "What is shown in the app is not sent");
    await restartDelivery(tx, id);
    await enqueue(tx, deliver, { deliveryIds: [id] }, {
      priority: PRIORITY_RANK[row.notification.priority],
    });
    await audit(tx, { action: "notification.resend", subjectId: id, detail: { from: state, reason } });
    return deliveryView(await load(tx, id));
  });
}

async function load(at: Ctx, id: string): Promise<ShownDelivery> {
  const row = await selectShown(at, id);
  if (row === null) throw notFound("delivery", id);
  return row;
}
