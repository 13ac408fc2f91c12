import { audit } from "../audit/mod.ts";
import type { Ctx, Tx } from "../context.ts";
import { SECOND } from "../kernel/clock.ts";
import { AppError } from "../kernel/errors.ts";
import {
  endSessionRow,
  selectSessionToRefresh,
  type SessionToRefresh,
  updateSession,
} from "./store-sessions.ts";
import { selectWorkspacesOfUser } from "./store-members.ts";
import { type StartedSession, type Tokens, tokensOf } from "./sign-in.ts";
import { isRefreshTokenOf, parseRefreshToken } from "./tokens.ts";
import { verifiedOf } from "./verified.ts";

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

/**
 * A new access token and the session's next refresh token. Throws `token_reused` (and ends the session) for a token
 * rotated away longer ago than the grace, `token_expired`, `unauthorized`.
 */
export async function refresh(ctx: Ctx, { refreshToken }: { refreshToken: string }): Promise<Tokens> {
  const parts = parseRefreshToken(refreshToken);
  const known = parts === null ? null : await selectSessionToRefresh(ctx, parts.sessionId);
  if (parts === null || known === null || !await isRefreshTokenOf(ctx.config, parts, known.session.seed)) {
    throw new AppError("unauthorized", "The refresh token is not valid");
  }
  const result = await ctx.transact(async (tx) => {
    const row = await selectSessionToRefresh(tx, parts.sessionId);
    if (row === null || row.session.endedAt !== null || row.disabledAt !== null) {
      throw new AppError("unauthorized", "The session has ended: sign in again");
    }
    if (row.session.expiresAt <= tx.now()) {
      throw new AppError("token_expired", "The session has expired: sign in again");
    }
    const outcome = judge(row.session, { rotation: parts.rotation, now: tx.now() });
    if (outcome === "reused") return await endReused(tx, { row, rotation: parts.rotation });
    if (outcome === "current") return { session: await rotate(tx, row), epoch: row.tokenEpoch };
    return { session: row.session, epoch: row.tokenEpoch };
  });
  if (result === "ended") {
    throw new AppError(
      "token_reused",
      "This refresh token was used before: the session is ended, sign in again",
    );
  }
  return await tokensOf(ctx, result);
}

async function rotate(tx: Tx, { session }: SessionToRefresh): Promise<StartedSession> {
  const now = tx.now();
  const recent = session.rotatedAt.filter((at) => now - at <= GRACE_MS).slice(1 - KEPT_ROTATIONS);
  const workspaces = await selectWorkspacesOfUser(tx, session.userId);
  const workspace = workspaces.find(({ id }) => id === session.workspaceId) ?? workspaces[0];
  const change = {
    rotation: session.rotation + 1,
    rotatedAt: [...recent, now],
    workspaceId: workspace?.id ?? null,
    lastUsedAt: now,
    expiresAt: now + tx.config.identity.refreshTokenTtlMs,
  };
  await updateSession(tx, session.id, change);
  return { ...session, ...change };
}

async function endReused(
  tx: Tx,
  { row, rotation }: { row: SessionToRefresh; rotation: number },
): Promise<"ended"> {
  const { id, userId, workspaceId, rotation: present } = row.session;
  await endSessionRow(tx, { id, userId, reason: "reuse" });
  await audit(tx, {
    action: "session.reuse",
    subjectId: id,
    workspaceId,
    detail: { userId, rotation, present },
  });
  tx.afterCommit(() => verifiedOf(tx.ports).forget({ userId }));
  return "ended";
}
