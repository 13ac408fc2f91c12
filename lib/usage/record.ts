import type { Ctx } from "../context.ts";
import { messageOf } from "../kernel/errors.ts";
import { newId } from "../kernel/ids.ts";
import { type Reservation, settle } from "./budget.ts";
import { insertUsage } from "./store.ts";

/** One call of a language model, as it ended. */
export interface UsageEntry {
  readonly purpose: string;
  readonly provider: string;
  readonly model: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Whole milliseconds are kept. */
  readonly ms: number;
  /** `ok`, `cancelled`, `empty`, `not_json`, or the error's code. */
  readonly outcome: string;
  readonly subjectId?: string | null | undefined;
  readonly conversationId?: string | null | undefined;
  /** The reserved call that this ends. */
  readonly reservation?: Reservation;
  /** The vendor served nothing: the reserved call is given back. */
  readonly refund?: boolean;
}

/** Writes the row and settles its reservation in one commit; joins the transaction that it is called in. */
export async function recordUsage(ctx: Ctx, entry: UsageEntry): Promise<void> {
  const { reservation, refund = false, ms, ...row } = entry;
  await ctx.transact(async (tx) => {
    await insertUsage(tx, {
      ...row,
      id: newId("usage"),
      workspaceId: tx.workspaceId,
      ms: Math.round(ms),
      subjectId: row.subjectId ?? null,
      conversationId: row.conversationId ?? null,
      createdAt: tx.now(),
    });
    const tokens = row.inputTokens + row.outputTokens;
    if (reservation !== undefined) await settle(tx, reservation, { tokens, refund });
  });
}

/** How long an answer may wait for its usage row. */
const PATIENCE_MS = 500;

/**
 * As `recordUsage`, for the way of an answer: never throws, and waits half a second at most. A slower write goes
 * on by itself; one that fails is logged, and the reserved call stays counted.
 */
export async function noteUsage(ctx: Ctx, entry: UsageEntry): Promise<void> {
  const written = recordUsage(ctx, entry).catch((thrown) => {
    const { provider, model, outcome } = entry;
    ctx.ports.log.log("warn", "usage row not written", {
      provider,
      model,
      outcome,
      error: messageOf(thrown),
    });
  });
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => timer = setTimeout(resolve, PATIENCE_MS));
  await Promise.race([written, late]);
  clearTimeout(timer);
}
