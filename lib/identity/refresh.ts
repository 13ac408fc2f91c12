import { audit } from "../audit/mod.ts";
import type { Ctx } from "../context.ts";
import { SECOND } from "../kernel/clock.ts";
import { AppError } from "../kernel/errors.ts";
import { forgetUser } from "./sessions.ts";
import {
  endSessionRow,
  rotateSession,
  selectSessionToRefresh,
  type SessionToRefresh,
} from "./store-sessions.ts";
import { type StartedSession, type Tokens, tokensOf } from "./sign-in.ts";
import { isRefreshTokenOf, parseRefreshToken } from "./tokens.ts";

/** How long a rotated token still leads to its successor: answers get lost, and pages refresh side by side. */
export const GRACE_MS = 30 * SECOND;
const KEPT_ROTATIONS = 50;

type Outcome = "current" | "grace" | "reused";

/**
 * `rotatedAt` holds when each of the last rotations happened. A token that was rotated away within the grace leads
 * to the present one, which is derived and so the same for everybody who asks; any other old token was stolen or
 * replayed.
 */
export function judge(
  session: { readonly rotation: number; readonly rotatedAt: readonly number[] },
  { rotation, now }: { rotation: number; now: number },
): Outcome {
  if (rotation === session.rotation) return "current";
  const at = session.rotatedAt[session.rotatedAt.length - (session.rotation - rotation)];
  return rotation < session.rotation && at !== undefined && now - at <= GRACE_MS ? "grace" : "reused";
}

/** A session can be moved on only so often while one request looks at it. */
const TRIES = 3;

/**
 * A new access token and the session's next refresh token. Throws `token_reused` (and ends the session) for a token
 * rotated away longer ago than the grace, `token_expired`, `unauthorized`.
 */
export async function refresh(ctx: Ctx, { refreshToken }: { refreshToken: string }): Promise<Tokens> {
  const parts = parseRefreshToken(refreshToken);
  for (let tries = 0; tries < TRIES; tries++) {
    const row = parts === null ? null : await selectSessionToRefresh(ctx, parts.sessionId);
    if (parts === null || row === null || !await isRefreshTokenOf(ctx.config, parts, row.session.seed)) {
      throw new AppError("unauthorized", "The refresh token is not valid");
    }
    requireLive(ctx, row);
    const { rotation } = parts;
    const outcome = judge(row.session, { rotation, now: ctx.now() });
    if (outcome === "reused") await endReused(ctx, { row, rotation });
    const session = outcome === "current" ? await rotate(ctx, row) : row.session;
    // null: another request has rotated it since it was read, which makes this token the one before.
    if (session !== null) return await tokensOf(ctx, { session, epoch: row.tokenEpoch });
  }
  throw new AppError("busy", "The session is being refreshed: try again", { retryAfterMs: SECOND });
}

function requireLive(ctx: Ctx, { session, disabledAt }: SessionToRefresh): void {
  if (session.endedAt !== null || disabledAt !== null) {
    throw new AppError("unauthorized", "The session has ended: sign in again");
  }
  if (session.expiresAt <= ctx.now()) {
    throw new AppError("token_expired", "The session has expired: sign in again");
  }
}

/** null when the session is not any more where it was read. One conditional write, so nothing is locked before it. */
async function rotate(ctx: Ctx, { session, workspaceId }: SessionToRefresh): Promise<StartedSession | null> {
  const { id, rotation } = session;
  const done = await ctx.transact(async (tx) => {
    const now = tx.now();
    const recent = session.rotatedAt.filter((at) => now - at <= GRACE_MS).slice(1 - KEPT_ROTATIONS);
    const expiresAt = now + tx.config.identity.refreshTokenTtlMs;
    return await rotateSession(tx, { id, rotation, rotatedAt: [...recent, now], workspaceId, expiresAt });
  });
  return done() ? { ...session, rotation: rotation + 1, workspaceId } : null;
}

async function endReused(
  ctx: Ctx,
  { row, rotation }: { row: SessionToRefresh; rotation: number },
): Promise<never> {
  const { id, userId, workspaceId, rotation: present } = row.session;
  await ctx.transact(async (tx) => {
    await endSessionRow(tx, { id, userId, reason: "reuse" });
    const detail = { userId, rotation, present };
    await audit(tx, { action: "session.reuse", subjectId: id, workspaceId, detail });
    forgetUser(tx, userId);
  });
  throw new AppError(
    "token_reused",
    "This refresh token was used before: the session is ended, sign in again",
  );
}
