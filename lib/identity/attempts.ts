import type { Ctx } from "../context.ts";
import { SECOND } from "../kernel/clock.ts";
import { sleep } from "../kernel/retry.ts";
import { LIMITS, tooMany } from "./limits.ts";

const LOOK_EVERY_MS = 20;
const PATIENCE_MS = 5 * SECOND;

/** How many tries at each account run right now, in this process. */
const running = new WeakMap<object, Map<string, number>>();

function runningOf({ ports }: Ctx): Map<string, number> {
  let accounts = running.get(ports.limiter);
  if (accounts === undefined) running.set(ports.limiter, accounts = new Map());
  return accounts;
}

/**
 * Runs one try at an account, counted before the password is looked at: guesses sent at once are counted too. When
 * none is left but others run, it waits for them a little, since a right password gives all back. Throws
 * `rate_limited`.
 */
export async function attemptAt<T>(ctx: Ctx, account: string, attempt: () => Promise<T>): Promise<T> {
  const accounts = runningOf(ctx);
  for (let waited = 0;; waited += LOOK_EVERY_MS) {
    const { allowed, retryAfterMs } = await ctx.ports.limiter.take(LIMITS.loginByAccount, account);
    if (allowed) break;
    if (!accounts.has(account) || waited >= PATIENCE_MS) throw tooMany(retryAfterMs);
    await sleep(LOOK_EVERY_MS);
  }
  accounts.set(account, (accounts.get(account) ?? 0) + 1);
  try {
    return await attempt();
  } finally {
    const left = (accounts.get(account) ?? 1) - 1;
    if (left > 0) accounts.set(account, left);
    else accounts.delete(account);
  }
}
