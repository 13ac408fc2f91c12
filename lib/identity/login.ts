import { audit } from "../audit/mod.ts";
import type { Ctx } from "../context.ts";
import { AppError } from "../kernel/errors.ts";
import { cleanText } from "../kernel/text.ts";
import { attemptAt } from "./attempts.ts";
import { addressOf, checkLimit, LIMITS } from "./limits.ts";
import { checkPassword, hashPassword } from "./passwords.ts";
import { bareUser, normalEmail } from "./policy.ts";
import { toProfile } from "./me.ts";
import { type SignedIn, startSession, tokensOf } from "./sign-in.ts";
import { selectHome, selectUser, selectUserByLogin, updateUser } from "./store.ts";

export interface LoginInput {
  /** E-mail or user name. */
  readonly login: string;
  readonly password: string;
  readonly userAgent?: string | null;
}

/**
 * Opens a session in the workspace that the user joined first. Throws `invalid_credentials` (an unknown user costs
 * the same time), `account_disabled` (after the right password only), `rate_limited`.
 */
export async function login(ctx: Ctx, { login, password, userAgent = null }: LoginInput): Promise<SignedIn> {
  const name = normalEmail(cleanText(login)).slice(0, 320);
  await checkLimit(ctx, LIMITS.loginByAddress, addressOf(ctx));
  const { user, hash, rehash } = await attemptAt(ctx, name, () => prove(ctx, { name, password }));
  if (user.disabledAt !== null) {
    throw new AppError("account_disabled", "This account is disabled: ask its administrator");
  }
  const renewed = rehash ? await hashPassword(ctx, password) : null;

  const started = await ctx.transact(async (outer) => {
    const tx = outer.as({ actor: bareUser(user.id) });
    const [now, profile] = await Promise.all([selectUser(tx, user.id), selectHome(tx, user.id)]);
    const same = now !== null && now.passwordHash === hash && now.disabledAt === null;
    if (!same || profile === null) {
      throw new AppError("invalid_credentials", "The account was changed just now: try again");
    }
    const lastLoginAt = tx.now();
    await updateUser(tx, user.id, {
      lastLoginAt,
      ...(renewed === null ? {} : { passwordHash: renewed }),
    });
    const { workspaceId } = profile;
    const session = await startSession(tx, { userId: user.id, workspaceId, userAgent });
    await audit(tx, { action: "session.start", subjectId: session.id, workspaceId });
    return { session, epoch: now.tokenEpoch, profile: toProfile({ ...profile, lastLoginAt }) };
  });
  return { tokens: await tokensOf(ctx, started), profile: started.profile };
}

/** Whose password this is. A right one gives the account's tries back, a wrong one counts against the address too. */
async function prove(ctx: Ctx, { name, password }: { name: string; password: string }) {
  const user = await selectUserByLogin(ctx, name);
  const hash = user?.passwordHash ?? null;
  const { ok, rehash } = await checkPassword(ctx, { password, hash });
  if (user === null || !ok) {
    await ctx.ports.limiter.take(LIMITS.loginByAddress, addressOf(ctx));
    throw new AppError("invalid_credentials", "The user or the password is wrong");
  }
  await ctx.ports.limiter.reset(LIMITS.loginByAccount, name);
  return { user, hash, rehash };
}
