import type { Ctx } from "../context.ts";
import { MINUTE } from "../kernel/clock.ts";
import { AppError } from "../kernel/errors.ts";
import { change, find, type IdempotencyRow, insert, remove } from "./store.ts";

export { prune as pruneIdempotencyKeys } from "./store.ts";

/** While the first request runs; a crash frees the key after this. */
const LOCK_MS = 2 * MINUTE;

export interface StoredAnswer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

interface Claim {
  readonly owner: string;
  readonly key: string;
  /** SHA-256 of method, path and body. */
  readonly requestHash: string;
}

/**
 * Claims a key for this request. Resolves to the stored answer when the same request was answered before, to
 * null when the caller is to go on (then `keepAnswer` or `releaseKey`). Throws 409 `idempotency_conflict` for
 * another request under the key, `idempotency_in_progress` while the first one runs.
 */
export function claimKey(ctx: Ctx, claim: Claim): Promise<StoredAnswer | null> {
  return ctx.transact(async (tx) => {
    const known = await find(tx, claim);
    const now = tx.now();
    if (known === undefined) {
      await insert(tx, { ...claim, lockedUntil: now + LOCK_MS, createdAt: now });
      return null;
    }
    if (known.requestHash !== claim.requestHash) {
      throw new AppError(
        "idempotency_conflict",
        "This Idempotency-Key was sent before with another method, path or body",
      );
    }
    if (known.status === null) {
      if (known.lockedUntil > now) {
        throw new AppError(
          "idempotency_in_progress",
          "The first request with this Idempotency-Key still runs",
          {
            retryAfterMs: 1000,
          },
        );
      }
      await change(tx, { ...claim, lockedUntil: now + LOCK_MS });
      return null;
    }
    return known;
  }).then((known) => known === null ? null : unseal(ctx, known));
}

/** Stores the answer, sealed, since answers can carry tokens. */
export async function keepAnswer(
  ctx: Ctx,
  { owner, key, answer }: Omit<Claim, "requestHash"> & { answer: StoredAnswer },
) {
  const body = await ctx.ports.secrets.seal(answer.body, `idempotency:${owner}:${key}`);
  await ctx.transact((tx) =>
    change(tx, { owner, key, status: answer.status, headers: answer.headers, body })
  );
}

/** Forgets the claim, so that a failed request can be tried again under its key. */
export function releaseKey(ctx: Ctx, { owner, key }: { owner: string; key: string }): Promise<void> {
  return ctx.transact((tx) => remove(tx, { owner, key }));
}

async function unseal(ctx: Ctx, row: IdempotencyRow): Promise<StoredAnswer> {
  const body = await ctx.ports.secrets.open(row.body ?? "", `idempotency:${row.owner}:${row.key}`);
  return { status: row.status ?? 200, headers: row.headers ?? {}, body };
}
