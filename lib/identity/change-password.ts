import { audit } from "../audit/mod.ts";
import type { Ctx } from "../context.ts";
import { AppError, invalid } from "../kernel/errors.ts";
import { addressOf, LIMITS, takeLimit } from "./limits.ts";
import { checkPassword, hashPassword } from "./passwords.ts";
import { requireUser } from "./policy.ts";
import { forgetUser } from "./sessions.ts";
import { MIN_LENGTH, MIN_SCORE, requireStrong, type Strength, strengthOf, weaknessOf } from "./strength.ts";
import { endSessionRows } from "./store-sessions.ts";
import { selectUser, updateUser, type UserRow } from "./store.ts";

/** Sets a new password and ends the caller's other sessions. Throws `invalid_credentials` for a wrong present one. */
export async function changePassword(ctx: Ctx, input: { current: string; next: string }): Promise<void> {
  const { id, sessionId } = requireUser(ctx);
  await takeLimit(ctx, LIMITS.passwordByUser, id);
  const user = await selectUser(ctx, id);
  const hash = user?.passwordHash ?? null;
  const { ok } = await checkPassword(ctx, { password: input.current, hash });
  if (user === null || !ok) throw new AppError("invalid_credentials", "The present password is wrong");
  if (input.next === input.current) throw invalid("new_password", "must differ from the present one");
  await requireStrong(input.next, { path: "new_password", about: wordsOf(user) });
  const passwordHash = await hashPassword(ctx, input.next);
  await ctx.transact(async (tx) => {
    const now = await selectUser(tx, id);
    if (now?.passwordHash !== hash) throw new AppError("conflict", "The password was changed just now");
    await updateUser(tx, id, { passwordHash });
    const ended = await endSessionRows(tx, { userId: id, except: sessionId, reason: "password_change" });
    await audit(tx, { action: "password.change", subjectId: id, detail: { ended } });
    forgetUser(tx, id);
  });
  await ctx.ports.limiter.reset(LIMITS.passwordByUser, id);
}

/** What a password should not be made of. */
export function wordsOf(user: Pick<UserRow, "email" | "username" | "name">): string[] {
  return [user.email, user.username, user.name];
}

export interface PasswordVerdict extends Strength {
  readonly valid: boolean;
  readonly minScore: number;
  readonly minLength: number;
  /** Why it would be refused. */
  readonly reason: string | null;
}

/** What setting this password would say, for the caller's own words. */
export async function validatePassword(ctx: Ctx, password: string): Promise<PasswordVerdict> {
  const { id } = requireUser(ctx);
  await takeLimit(ctx, LIMITS.strengthByUser, id);
  const user = await selectUser(ctx, id);
  return await verdictOn(password, user === null ? [] : wordsOf(user));
}

/** The same for who can't be signed in yet: a form to register or to set a new password. */
export async function judgePassword(
  ctx: Ctx,
  { password, about }: { password: string; about: readonly string[] },
): Promise<PasswordVerdict> {
  await takeLimit(ctx, LIMITS.strengthByAddress, addressOf(ctx));
  return await verdictOn(password, about);
}

async function verdictOn(password: string, about: readonly string[]): Promise<PasswordVerdict> {
  const [strength, reason] = [await strengthOf(password, about), await weaknessOf(password, about)];
  return { ...strength, valid: reason === null, minScore: MIN_SCORE, minLength: MIN_LENGTH, reason };
}
