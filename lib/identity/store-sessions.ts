import { and, desc, eq, gt, inArray, isNull, lt, ne, or, sql } from "drizzle-orm";
import { memberships, sessions, users } from "../../db/schema/identity.ts";
import { liveTickets } from "../../db/schema/log.ts";
import { statementOne } from "../../db/statement.ts";
import type { Ctx, Tx } from "../context.ts";
import type { At } from "./store-keys.ts";

export type SessionRow = typeof sessions.$inferSelect;

const forToken = statementOne((db) =>
  db.select({
    userId: sessions.userId,
    endedAt: sessions.endedAt,
    expiresAt: sessions.expiresAt,
    disabledAt: users.disabledAt,
    tokenEpoch: users.tokenEpoch,
    platformAdmin: users.platformAdmin,
    role: memberships.role,
  }).from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .leftJoin(
      memberships,
      and(eq(memberships.userId, users.id), eq(memberships.workspaceId, sql.placeholder("workspaceId"))),
    )
    .where(eq(sessions.id, sql.placeholder("sessionId"))).prepare()
);

type SessionOfToken = NonNullable<Awaited<ReturnType<typeof forToken>>>;

export async function selectSession(
  at: At,
  of: { sessionId: string; workspaceId: string | null },
): Promise<SessionOfToken | null> {
  return await forToken(at, of) ?? null;
}

const forRefresh = statementOne((db) =>
  db.select({ session: sessions, disabledAt: users.disabledAt, tokenEpoch: users.tokenEpoch }).from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(eq(sessions.id, sql.placeholder("id"))).prepare()
);

export type SessionToRefresh = NonNullable<Awaited<ReturnType<typeof forRefresh>>>;

export async function selectSessionToRefresh(ctx: Ctx, id: string): Promise<SessionToRefresh | null> {
  return await forRefresh(ctx, { id }) ?? null;
}

export async function insertSession(tx: Tx, row: typeof sessions.$inferInsert): Promise<void> {
  await tx.db.insert(sessions).values(row);
}

export async function updateSession(tx: Tx, id: string, change: Partial<SessionRow>): Promise<void> {
  await tx.db.update(sessions).set(change).where(eq(sessions.id, id));
}

/** Ends one live session of the user; false when there is none such. */
export async function endSessionRow(
  tx: Tx,
  { id, userId, reason }: { id: string; userId: string; reason: string },
): Promise<boolean> {
  const ended = await tx.db.update(sessions).set({ endedAt: tx.now(), endReason: reason })
    .where(and(eq(sessions.id, id), eq(sessions.userId, userId), isNull(sessions.endedAt)));
  return ended.rowsAffected === 1;
}

/** Ends all live sessions of the user, but for `except`. Resolves to how many. */
export async function endSessionRows(
  tx: Tx,
  { userId, except, reason }: { userId: string; except: string | null; reason: string },
): Promise<number> {
  const ended = await tx.db.update(sessions).set({ endedAt: tx.now(), endReason: reason })
    .where(and(
      eq(sessions.userId, userId),
      isNull(sessions.endedAt),
      except === null ? undefined : ne(sessions.id, except),
    ));
  return ended.rowsAffected;
}

export async function selectLiveSessions(ctx: Ctx, userId: string): Promise<SessionRow[]> {
  return await ctx.db.select().from(sessions)
    .where(and(eq(sessions.userId, userId), isNull(sessions.endedAt), gt(sessions.expiresAt, ctx.now())))
    .orderBy(desc(sessions.createdAt)).limit(200);
}

/** Deletes up to `limit` sessions that expired or ended before `before`. */
export async function deleteSessions(
  tx: Tx,
  { before, limit }: { before: number; limit: number },
): Promise<number> {
  const old = tx.db.select({ id: sessions.id }).from(sessions)
    .where(or(lt(sessions.expiresAt, before), lt(sessions.endedAt, before))).limit(limit);
  return (await tx.db.delete(sessions).where(inArray(sessions.id, old))).rowsAffected;
}

export async function insertLiveTicket(tx: Tx, row: typeof liveTickets.$inferInsert): Promise<void> {
  await tx.db.insert(liveTickets).values(row);
}

/** Takes the ticket out, so that it works once: one atomic statement. */
export async function takeLiveTicket(
  at: At,
  tokenHash: string,
): Promise<typeof liveTickets.$inferSelect | null> {
  const [row] = await at.db.delete(liveTickets).where(eq(liveTickets.tokenHash, tokenHash)).returning();
  return row ?? null;
}

export async function deleteLiveTickets(tx: Tx, before: number): Promise<number> {
  return (await tx.db.delete(liveTickets).where(lt(liveTickets.expiresAt, before))).rowsAffected;
}
