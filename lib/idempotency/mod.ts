import type { Ctx, Tx } from "../context.ts";
import { MINUTE } from "../kernel/clock.ts";
import { AppError } from "../kernel/errors.ts";
import { newSecret } from "../kernel/ids.ts";
import type { Database } from "../ports/db.ts";
import { change, find, type IdempotencyRow, insert, remove, spendAnswered } from "./store.ts";

export { prune as pruneIdempotencyKeys } from "./store.ts";

/** While the first request runs; longer than any may take. */
const LOCK_MS = MINUTE;

export interface StoredAnswer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** Whose key. */
export interface KeyOf {
  readonly owner: string;
  readonly key: string;
}

interface Claim extends KeyOf {
  /** HMAC over method, path and body. */
  readonly requestHash: string;
}

/**
 * Claims a key for this request. Resolves to the stored answer when the same request was answered before, to
 * null when the caller is to go on (then `keepAnswer`, `giveUpAnswer` or `releaseKey`). Throws 409
 * `idempotency_conflict` for another request under the key, `idempotency_in_progress` while the first one runs,
 * `conflict` when the first one may have taken effect and its answer is lost.
 */
export async function claimKey(ctx: Ctx, claim: Claim): Promise<StoredAnswer | null> {
  const known = await ctx.transact(async (tx) => {
    const row = await find(tx, claim);
    const now = tx.now();
    if (row === undefined) {
      await insert(tx, { ...claim, body: lifeOf(ctx), lockedUntil: now + LOCK_MS, createdAt: now });
      return null;
    }
    if (row.requestHash !== claim.requestHash) {
      throw new AppError(
        "idempotency_conflict",
        "This Idempotency-Key was sent before with another method, path or body",
      );
    }
    if (row.status !== null) return row;
    if (row.lockedUntil > now && mayRun(ctx, row)) {
      throw new AppError(
        "idempotency_in_progress",
        "The first request with this Idempotency-Key still runs",
        { retryAfterMs: 1000 },
      );
    }
    if (tookEffect(row)) {
      throw new AppError(
        "conflict",
        "The first request with this Idempotency-Key may have taken effect, and its answer is lost: look, then use a new key",
      );
    }
    const { owner, key } = claim;
    await change(tx, { owner, key, body: lifeOf(ctx), lockedUntil: now + LOCK_MS });
    return null;
  });
  return known === null ? null : await unseal(ctx, known);
}

/** Names this life of the process; until there is an answer, the row's `body` says in which life it was claimed. */
function lifeOf({ ports }: Ctx): string {
  let life = lives.get(ports.database);
  if (life === undefined) lives.set(ports.database, life = newSecret(9));
  return life;
}

const lives = new WeakMap<Database, string>();

/** A file has one process: what an earlier life of it claimed can't run any more. Elsewhere only time tells. */
function mayRun(ctx: Ctx, row: IdempotencyRow): boolean {
  return ctx.ports.database.kind !== "file" || row.body === lifeOf(ctx);
}

/** A row without an answer yet but with headers: something was committed on its behalf. */
function tookEffect(row: IdempotencyRow): boolean {
  return row.headers !== null;
}

/** Says in the request's own transaction that it takes effect, so that no crash lets it take effect twice. */
export function markEffect(tx: Tx, { owner, key }: KeyOf): Promise<void> {
  return change(tx, { owner, key, headers: {} });
}

/** Stores the answer, sealed, since answers can carry tokens. */
export async function keepAnswer(ctx: Ctx, { owner, key, answer }: KeyOf & { answer: StoredAnswer }) {
  const body = await ctx.ports.secrets.seal(answer.body, `idempotency:${owner}:${key}`);
  const { status, headers } = answer;
  await ctx.transact((tx) => change(tx, { owner, key, status, headers, body }));
}

/** The request took effect and its answer is not one to keep: the key stays spent. */
export function giveUpAnswer(ctx: Ctx, { owner, key }: KeyOf): Promise<void> {
  return ctx.transact((tx) => change(tx, { owner, key, headers: {}, lockedUntil: 0 }));
}

/** Forgets the claim, so that a failed request can be tried again under its key. */
export function releaseKey(ctx: Ctx, { owner, key }: KeyOf): Promise<void> {
  return ctx.transact((tx) => remove(tx, { owner, key }));
}

/** Takes the kept answers of the workspace away, for who is erased from it: they may quote anybody. Their keys stay spent. */
export async function forgetAnswers(tx: Tx): Promise<void> {
  await spendAnswered(tx);
}

async function unseal(ctx: Ctx, row: IdempotencyRow): Promise<StoredAnswer> {
  const body = await ctx.ports.secrets.open(row.body ?? "", `idempotency:${row.owner}:${row.key}`);
  return { status: row.status ?? 200, headers: row.headers ?? {}, body };
}
