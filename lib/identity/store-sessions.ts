import { and, desc, eq, gt, inArray, isNull, lt, ne, or, sql } from "drizzle-orm";
import { memberships, sessions, users } from "../../db/schema/identity.ts";
import { liveTickets } from "../../db/schema/log.ts";
import { blind, statementLate, statementOne } from "../../db/statement.ts";
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
  db.select({
    session: sessions,
    disabledAt: users.disabledAt,
    tokenEpoch: users.tokenEpoch,
    /** Where the session acts from now on: where it did, or, left meanwhile, where the user joined first. */
    workspaceId: sql<string | null>`coalesce(
      (select m.workspace_id from memberships m
        where m.user_id = ${users.id} and m.workspace_id = ${sessions.workspaceId}),
      (select m.workspace_id from memberships m where m.user_id = ${users.id} order by m.id limit 1))`,
  }).from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(eq(sessions.id, sql.placeholder("id"))).prepare()
);

export type SessionToRefresh = NonNullable<Awaited<ReturnType<typeof forRefresh>>>;

export async function selectSessionToRefresh(ctx: Ctx, id: string): Promise<SessionToRefresh | null> {
  return await forRefresh(ctx, { id }) ?? null;
}

export async function insertSession(tx: Tx, row: typeof sessions.$inferInsert): Promise<void> {
  await blind(tx.db.insert(sessions).values(row));
}

const rotateLive = statementLate((db) =>
  db.update(sessions).set({
    rotation: sql`${sessions.rotation} + 1`,
    rotatedAt: sql`${sql.placeholder("rotatedAt")}`,
    workspaceId: sql`${sql.placeholder("workspaceId")}`,
    lastUsedAt: sql`${sql.placeholder("now")}`,
    expiresAt: sql`${sql.placeholder("expiresAt")}`,
  }).where(and(
    eq(sessions.id, sql.placeholder("id")),
    eq(sessions.rotation, sql.placeholder("rotation")),
    isNull(sessions.endedAt),
  )).prepare()
);

export interface Rotation {
  readonly id: string;
  /** The present one. */
  readonly rotation: number;
  readonly rotatedAt: readonly number[];
  readonly workspaceId: string | null;
  readonly expiresAt: number;
}

/** Rotates a live session that still is where the caller saw it; tells after the commit whether it was. */
export async function rotateSession(
  tx: Tx,
  { rotatedAt, ...rotation }: Rotation,
): Promise<() => boolean> {
  const done = await rotateLive(tx, { ...rotation, rotatedAt: JSON.stringify(rotatedAt), now: tx.now() });
  return () => done().rowsAffected === 1;
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
  await blind(tx.db.insert(liveTickets).values(row));
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
