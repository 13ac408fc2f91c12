import type { Ctx } from "../context.ts";
import { SECOND } from "../kernel/clock.ts";
import { sleep } from "../kernel/retry.ts";
import { LIMITS, tooMany } from "./limits.ts";

const PATIENCE_MS = 5 * SECOND;

/** Tries at one account that run right now, in this process. */
interface Running {
  tries: number;
  /** Comes when one of them was right, or the last one has ended: before, nobody gives a try back. */
  news: PromiseWithResolvers<void>;
}
type Accounts = Map<string, Running>;

const running = new WeakMap<object, Accounts>();

function runningOf({ ports }: Ctx): Accounts {
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
  await beginOne(ctx, { accounts, account });
  let right = false;
  try {
    const proven = await attempt();
    right = true;
    return proven;
  } finally {
    end(accounts, { account, right });
  }
}

async function beginOne(
  ctx: Ctx,
  { accounts, account }: { accounts: Accounts; account: string },
): Promise<void> {
  const waiting = new AbortController();
  let patience: Promise<unknown> | undefined;
  let patient = true;
  try {
    for (;;) {
      const { allowed, retryAfterMs } = await ctx.ports.limiter.take(LIMITS.loginByAccount, account);
      if (allowed) return begin(accounts, account);
      const others = accounts.get(account);
      if (others === undefined || !patient) throw tooMany(retryAfterMs);
      patience ??= sleep(PATIENCE_MS, waiting.signal).then(() => patient = false, () => {});
      await Promise.race([patience, others.news.promise]);
    }
  } finally {
    waiting.abort();
  }
}

function begin(accounts: Accounts, account: string): void {
  const known = accounts.get(account);
  if (known === undefined) accounts.set(account, { tries: 1, news: Promise.withResolvers() });
  else known.tries++;
}

function end(accounts: Accounts, { account, right }: { account: string; right: boolean }): void {
  const known = accounts.get(account);
  if (known === undefined) return;
  known.tries--;
  if (known.tries === 0) accounts.delete(account);
  if (known.tries > 0 && !right) return;
  known.news.resolve();
  known.news = Promise.withResolvers();
}
