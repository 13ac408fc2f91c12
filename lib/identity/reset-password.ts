import { audit } from "../audit/mod.ts";
import type { Ctx } from "../context.ts";
import { enqueueLate } from "../jobs/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { HOUR } from "../kernel/clock.ts";
import { AppError, notFound } from "../kernel/errors.ts";
import { newId, newSecret } from "../kernel/ids.ts";
import { cleanText, sha256Hex } from "../kernel/text.ts";
import { wordsOf } from "./change-password.ts";
import { mailReset } from "./jobs.ts";
import { deriveSecret } from "./keys.ts";
import { addressOf, LIMITS, takeLimit } from "./limits.ts";
import { linkTo, resetMail } from "./mails.ts";
import { hashPassword } from "./passwords.ts";
import { bareUser, normalEmail } from "./policy.ts";
import { toLocale } from "./schemas.ts";
import { endAllSessions } from "./sessions.ts";
import { requireStrong } from "./strength.ts";
import {
  insertOneTimeToken,
  selectOneTimeToken,
  selectUser,
  selectUserByLogin,
  updateUser,
  useOneTimeTokens,
  type UserRow,
} from "./store.ts";

const LINK_TTL_MS = HOUR;

/**
 * Asks for a reset link by mail. Never says whether the address is known, and does the same work either way: the
 * address is looked up by the job. Past the limits it does nothing, just as silently.
 */
export async function forgotPassword(ctx: Ctx, input: { email: string }): Promise<void> {
  const email = normalEmail(cleanText(input.email)).slice(0, 254);
  const { limiter, mail, log } = ctx.ports;
  const byAddress = await limiter.take(LIMITS.resetByAddress, addressOf(ctx));
  const byAccount = await limiter.take(LIMITS.resetByAccount, email);
  if (!byAddress.allowed || !byAccount.allowed) return;
  if (!mail.configured) {
    log.log(
      "warn",
      "a reset link was asked for, but mail is not configured: set SMTP_HOST, or make one with users reset_link",
    );
    return;
  }
  await ctx.transact((tx) =>
    enqueueLate(tx.as({ workspaceId: null }), mailReset, { email, request: newSecret(16) })
  );
}

/**
 * The job behind `forgotPassword`. A second attempt mails the same link under the same id; once that was used or is
 * over there is nothing left to mail.
 */
export async function mailResetLink(
  ctx: Ctx,
  { email, request }: { email: string; request: string },
): Promise<void> {
  const user = await selectUserByLogin(ctx, email);
  if (user === null || user.disabledAt !== null) return;
  const token = await tokenOf(ctx, { user, request });
  const known = await selectOneTimeToken(ctx, await sha256Hex(token));
  if (known !== null && (known.usedAt !== null || known.expiresAt <= ctx.now())) return;
  const link = known === null
    ? await makeLink(ctx, { user, request })
    : linkTo(ctx.config, { what: "reset", token });
  await ctx.ports.mail.send(
    resetMail(user.email, {
      name: user.name,
      link,
      locale: toLocale(user.locale),
      id: `reset-${(await sha256Hex(request)).slice(0, 32)}`,
    }),
  );
}

/** A reset link for an operator to hand over, for where mail is not configured. */
export async function makeResetLink(ctx: Ctx, userId: string): Promise<{ link: string; expiresAt: number }> {
  requireScope(ctx, "platform:write");
  const user = await selectUser(ctx, userId);
  if (user === null) throw notFound("user", userId);
  const link = await makeLink(ctx, { user, request: newSecret(16) });
  return { link, expiresAt: ctx.now() + LINK_TTL_MS };
}

interface Asked {
  readonly user: UserRow;
  readonly request: string;
}

async function tokenOf({ config }: Ctx, { user, request }: Asked): Promise<string> {
  return await deriveSecret(config, "password_reset", [user.id, request]);
}

async function makeLink(ctx: Ctx, { user, request }: Asked): Promise<string> {
  const token = await tokenOf(ctx, { user, request });
  const tokenHash = await sha256Hex(token);
  await ctx.transact(async (tx) => {
    const now = tx.now();
    const row = { id: newId("oneTimeToken"), userId: user.id, purpose: "password_reset", tokenHash } as const;
    await insertOneTimeToken(tx, { ...row, expiresAt: now + LINK_TTL_MS, createdAt: now });
    await audit(tx, { action: "user.reset_link", subjectId: user.id, workspaceId: null });
  });
  return linkTo(ctx.config, { what: "reset", token });
}

/** Sets a password by a mailed link, once, and ends every session. Throws `gone` for a link that is used up. */
export async function resetPassword(ctx: Ctx, input: { token: string; password: string }): Promise<void> {
  await takeLimit(ctx, LIMITS.tokenByAddress, addressOf(ctx));
  const tokenHash = await sha256Hex(input.token);
  const row = await selectOneTimeToken(ctx, tokenHash);
  const user = row === null || row.usedAt !== null || row.expiresAt <= ctx.now()
    ? null
    : await selectUser(ctx, row.userId);
  if (user === null) throw usedUp();
  await requireStrong(input.password, { path: "password", about: wordsOf(user) });
  const passwordHash = await hashPassword(ctx, input.password);
  await ctx.transact(async (outer) => {
    const tx = outer.as({ actor: bareUser(user.id), workspaceId: null });
    if (!await useOneTimeTokens(tx, { userId: user.id, tokenHash })) throw usedUp();
    await updateUser(tx, user.id, { passwordHash });
    const ended = await endAllSessions(tx, { userId: user.id, reason: "password_reset" });
    await audit(tx, { action: "password.reset", subjectId: user.id, detail: { ended } });
  });
  await ctx.ports.limiter.reset(LIMITS.loginByAccount, user.email);
  await ctx.ports.limiter.reset(LIMITS.loginByAccount, user.username);
}

function usedUp(): AppError {
  return new AppError("gone", "This link was used or has expired: ask for a new one");
}
