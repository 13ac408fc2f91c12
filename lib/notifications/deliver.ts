import type { Tx } from "../context.ts";
import type { JobCtx } from "../jobs/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { AppError } from "../kernel/errors.ts";
import { newId } from "../kernel/ids.ts";
import { notifyFailureOf } from "../ports/notify-failures.ts";
import { makeReady, mayRepeat, type Ready } from "./compose.ts";
import { FORGOTTEN_MS, WAVE } from "./policy.ts";
import { Unsendable } from "./unsendable.ts";
import { passToWhatsApp } from "./whatsapp.ts";
import { type Result, settle, tell, type Tried } from "./settle.ts";
import { type AttemptEnd, endAttempts, insertAttempts, selectOpenAttempts } from "./store-attempts.ts";
import {
  claimDeliveries,
  type DeliveryChange,
  type Due,
  selectDue,
  settleDeliveries,
} from "./store-deliveries.ts";

/**
 * Hands deliveries to their providers, some at a time. Each try is committed before its call, so after a crash it is
 * known which calls may have gone out: those are `outcome_unknown` unless the provider can tell a repetition.
 */
export async function deliverThese(
  ctx: JobCtx,
  { deliveryIds }: { deliveryIds: readonly string[] },
): Promise<void> {
  requireScope(ctx, "notifications:write");
  for (let at = 0; at < deliveryIds.length; at += WAVE) {
    ctx.signal.throwIfAborted();
    await deliverWave(ctx, deliveryIds.slice(at, at + WAVE));
  }
}

async function deliverWave(ctx: JobCtx, ids: readonly string[]): Promise<void> {
  let due = await selectDue(ctx, ids);
  const interrupted = due.filter(({ delivery }) => delivery.state === "sending");
  if (interrupted.length > 0) {
    await ctx.transact((tx) => resume(tx, { job: ctx, interrupted }));
    due = await selectDue(ctx, ids);
  }
  const now = ctx.now();
  const ripe = due.filter(({ delivery: { state, nextTryAt } }) =>
    state === "pending" && (nextTryAt ?? 0) <= now
  );
  for (const one of ripe) if (one.delivery.channel === "whatsapp") await passToWhatsApp(ctx, one);
  const ready = await prepare(ctx, ripe.filter(({ delivery }) => delivery.channel !== "whatsapp"));
  if (ready.length === 0) return;
  const begun = await ctx.transact((tx) => begin(tx, { job: ctx, ready }));
  const tried = await Promise.all(begun.map(async (one): Promise<Tried> => ({
    ...one,
    result: await one.ready.send(ctx.signal).then(
      (carried): Result => ({ carried }),
      (thrown: unknown): Result => ({ thrown }),
    ),
  })));
  // Whoever holds the job by now: what the providers said of these tries is true.
  await ctx.transact((tx) => settle(tx, tried));
}

/** Those that can be sent; the others come to their end here. */
async function prepare(ctx: JobCtx, ripe: readonly Due[]): Promise<Ready[]> {
  const ready: Ready[] = [];
  const ended: { readonly due: Due; readonly change: DeliveryChange }[] = [];
  for (const due of ripe) {
    const { id } = due.delivery;
    try {
      const made = await makeReady(ctx, due);
      if (made !== null) ready.push(made);
      else ended.push({ due, change: { id, state: "skipped", reason: "not_configured", nextTryAt: null } });
    } catch (thrown) {
      ended.push({ due, change: { id, ...endOf(thrown), nextTryAt: null } });
    }
  }
  if (ended.length > 0) {
    await ctx.transact(async (tx) => {
      await settleDeliveries(tx, ended.map(({ change }) => change));
      for (const { due, change } of ended) await tell(tx, due, change);
    });
  }
  return ready;
}

/** What can't be made ready ends alone: the others of its wave go out. Throws what another time may mend. */
function endOf(thrown: unknown): Pick<DeliveryChange, "state" | "reason"> {
  if (thrown instanceof Unsendable) return { state: thrown.state, reason: thrown.reason };
  const failure = notifyFailureOf(thrown);
  if (failure !== null) return { state: "failed", reason: failure.class };
  if (thrown instanceof AppError && !thrown.retryable) return { state: "failed", reason: thrown.code };
  throw thrown;
}

interface Begun {
  readonly ready: Ready;
  readonly attemptId: string;
}

/** The deliveries are `sending` and their tries rows, in the commit that decides to call. */
async function begin(tx: Tx, { job, ready }: { job: JobCtx; ready: readonly Ready[] }): Promise<Begun[]> {
  await job.assertLease(tx);
  const claimed = new Map(
    (await claimDeliveries(tx, ready.map(({ due }) => due.delivery.id))).map(({ id, tries }) => [id, tries]),
  );
  const begun = ready.filter(({ due }) => claimed.has(due.delivery.id))
    .map((one) => ({ ready: one, attemptId: newId("attempt") }));
  const rows = begun.map(({ ready: { due, provider }, attemptId }) => ({
    id: attemptId,
    deliveryId: due.delivery.id,
    number: claimed.get(due.delivery.id) ?? 1,
    provider,
  }));
  await insertAttempts(tx, { jobId: job.job.id, rows });
  return begun;
}

/** After a crash in the middle of calls: what may be repeated is free again, the rest is for a person. */
async function resume(
  tx: Tx,
  { job, interrupted }: { job: JobCtx; interrupted: readonly Due[] },
): Promise<void> {
  await job.assertLease(tx);
  const byId = new Map(interrupted.map((due) => [due.delivery.id, due]));
  const ends: AttemptEnd[] = [];
  const changes: DeliveryChange[] = [];
  for (const attempt of await selectOpenAttempts(tx, [...byId.keys()])) {
    const due = byId.get(attempt.deliveryId);
    // Another job's try may be running at this moment.
    const mine = attempt.jobId === job.job.id || attempt.startedAt < tx.now() - FORGOTTEN_MS;
    if (due === undefined || !mine) continue;
    const { id, channel } = due.delivery;
    const repeat = mayRepeat(tx, { channel, provider: attempt.provider });
    const reason = "interrupted";
    ends.push({
      id: attempt.id,
      outcome: repeat ? "again" : "unknown",
      reason,
      vendorCode: null,
      detail: null,
    });
    changes.push({
      id,
      reason,
      nextTryAt: null,
      provider: attempt.provider,
      ...(repeat ? { state: "pending", pinned: true } : { state: "outcome_unknown" }),
    });
  }
  await endAttempts(tx, ends);
  const open = new Set(await settleDeliveries(tx, changes));
  for (const change of changes) {
    const due = byId.get(change.id);
    if (due !== undefined && open.has(change.id) && change.state !== "pending") await tell(tx, due, change);
  }
}
