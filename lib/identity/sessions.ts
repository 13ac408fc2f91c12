import { audit } from "../audit/mod.ts";
import type { Ctx, Tx } from "../context.ts";
import { AppError, notFound } from "../kernel/errors.ts";
import { requireUser } from "./policy.ts";
import { endSessionRow, endSessionRows, selectLiveSessions, type SessionRow } from "./store-sessions.ts";
import { raiseEpoch } from "./store.ts";
import { verifiedOf } from "./verified.ts";

export interface Session {
  readonly id: string;
  readonly userAgent: string | null;
  readonly address: string | null;
  readonly createdAt: number;
  readonly lastUsedAt: number;
  readonly expiresAt: number;
  /** The session that asks. */
  readonly current: boolean;
}

/** The caller's live sessions, newest first. */
export async function listSessions(ctx: Ctx): Promise<Session[]> {
  const { id, sessionId } = requireUser(ctx);
  return (await selectLiveSessions(ctx, id)).map((row) => toSession(row, sessionId));
}

function toSession(row: SessionRow, current: string | null): Session {
  const { id, userAgent, address, createdAt, lastUsedAt, expiresAt } = row;
  return { id, userAgent, address, createdAt, lastUsedAt, expiresAt, current: id === current };
}

/** Ends one of the caller's sessions: its access token is refused from now on. */
export async function endSession(ctx: Ctx, id: string): Promise<void> {
  await end(ctx, { id, reason: "ended" });
}

/** Ends the session that asks. Throws 403 for whoever has none, such as an API key. */
export async function logout(ctx: Ctx): Promise<void> {
  const { sessionId } = requireUser(ctx);
  if (sessionId === null) throw new AppError("forbidden", "There is no session to end");
  await end(ctx, { id: sessionId, reason: "logout" });
}

async function end(ctx: Ctx, { id, reason }: { id: string; reason: string }): Promise<void> {
  const { id: userId } = requireUser(ctx);
  await ctx.transact(async (tx) => {
    if (!await endSessionRow(tx, { id, userId, reason })) throw notFound("session", id);
    await audit(tx, { action: "session.end", subjectId: id, detail: { reason } });
    forgetUser(tx, userId);
  });
}

/** Ends every session of a user in the caller's transaction; access tokens made before are refused at once. */
export async function endAllSessions(
  tx: Tx,
  { userId, reason }: { userId: string; reason: string },
): Promise<number> {
  await raiseEpoch(tx, userId);
  const ended = await endSessionRows(tx, { userId, except: null, reason });
  forgetUser(tx, userId);
  return ended;
}

/** What was verified for the user is verified anew after the commit. */
export function forgetUser(tx: Tx, userId: string): void {
  tx.afterCommit(() => verifiedOf(tx.ports).forget({ userId }));
}
