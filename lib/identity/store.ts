import { and, asc, count, eq, gt, isNotNull, isNull, lt, ne, or, sql } from "drizzle-orm";
import { memberships, oneTimeTokens, users, workspaces } from "../../db/schema/identity.ts";
import { blind, statementOne } from "../../db/statement.ts";
import type { Ctx, Tx } from "../context.ts";
import type { AtHand } from "../kernel/at-hand.ts";

export type UserRow = typeof users.$inferSelect;
export type WorkspaceRow = typeof workspaces.$inferSelect;

const PROFILE = {
  id: users.id,
  email: users.email,
  username: users.username,
  name: users.name,
  locale: users.locale,
  platformAdmin: users.platformAdmin,
  disabledAt: users.disabledAt,
  createdAt: users.createdAt,
  lastLoginAt: users.lastLoginAt,
  role: memberships.role,
  workspaceId: workspaces.id,
  workspaceName: workspaces.name,
  workspaceSlug: workspaces.slug,
  workspacePlan: workspaces.plan,
  workspaceSample: workspaces.sample,
};

const firstMembership =
  sql`(select m.id from memberships m where m.user_id = ${users.id} order by m.id limit 1)`;

const member = and(
  eq(memberships.userId, users.id),
  eq(memberships.workspaceId, sql.placeholder("workspaceId")),
);

const profile = statementOne((db) =>
  db.select(PROFILE).from(users)
    .leftJoin(memberships, member)
    .leftJoin(workspaces, eq(workspaces.id, memberships.workspaceId))
    .where(eq(users.id, sql.placeholder("userId"))).prepare()
);

export type ProfileRow = NonNullable<Awaited<ReturnType<typeof profile>>>;

/** The user and the membership in one workspace: one prepared read. */
export async function selectProfile(
  ctx: Ctx,
  of: { userId: string; workspaceId: string | null },
): Promise<ProfileRow | null> {
  return await profile(ctx, of) ?? null;
}

/** The texts as JSON objects that SQLite wrote: a value of a row costs more to hand over than to write. */
const WRITTEN = {
  user: sql<string>`json_object('id', ${users.id}, 'email', ${users.email}, 'username', ${users.username},
    'name', ${users.name}, 'locale', ${users.locale}, 'plan', ${workspaces.plan})`,
  workspace: sql<string | null>`iif(${workspaces.id} is null, null, json_object('id', ${workspaces.id},
    'name', ${workspaces.name}, 'slug', ${workspaces.slug}, 'plan', ${workspaces.plan}))`,
  role: memberships.role,
  platformAdmin: users.platformAdmin,
  disabledAt: users.disabledAt,
  createdAt: users.createdAt,
  lastLoginAt: users.lastLoginAt,
  sample: workspaces.sample,
};

const written = statementOne((db) =>
  db.select(WRITTEN).from(users)
    .leftJoin(memberships, member)
    .leftJoin(workspaces, eq(workspaces.id, memberships.workspaceId))
    .where(eq(users.id, sql.placeholder("userId"))).prepare()
);

/** `user` and `workspace` are JSON texts; a workspace null: the user is a member of none, or not of that one. */
export type WrittenRow = NonNullable<Awaited<ReturnType<typeof written>>>;

/** The same read with its texts as JSON; undefined: there is no such user. */
export function selectWritten(
  ctx: Ctx,
  of: { userId: string; workspaceId: string | null },
): AtHand<WrittenRow | undefined> {
  return written(ctx, of);
}

const home = statementOne((db) =>
  db.select(PROFILE).from(users)
    .leftJoin(memberships, and(eq(memberships.userId, users.id), eq(memberships.id, firstMembership)))
    .leftJoin(workspaces, eq(workspaces.id, memberships.workspaceId))
    .where(eq(users.id, sql.placeholder("userId"))).prepare()
);

/** The user and the membership in the workspace that was joined first, where a login acts. */
export async function selectHome(ctx: Ctx, userId: string): Promise<ProfileRow | null> {
  return await home(ctx, { userId }) ?? null;
}

export interface ProfilePage {
  readonly after: string | null;
  readonly limit: number;
  readonly search: string | null;
}

/** All users, each with the workspace that they joined first. */
export async function selectProfiles(ctx: Ctx, { after, limit, search }: ProfilePage): Promise<ProfileRow[]> {
  const like = search === null ? null : `%${search.replace(/[\\%_]/g, "\\$&")}%`;
  const found = (column: typeof users.email | typeof users.username | typeof users.name) =>
    sql`${column} like ${like} escape '\\'`;
  return await ctx.db.select(PROFILE).from(users)
    .leftJoin(memberships, and(eq(memberships.userId, users.id), eq(memberships.id, firstMembership)))
    .leftJoin(workspaces, eq(workspaces.id, memberships.workspaceId))
    .where(and(
      after === null ? undefined : gt(users.id, after),
      like === null ? undefined : or(found(users.email), found(users.username), found(users.name)),
    ))
    .orderBy(asc(users.id)).limit(limit);
}

const byLogin = statementOne((db) =>
  db.select().from(users)
    .where(or(eq(users.email, sql.placeholder("login")), eq(users.username, sql.placeholder("login")))).limit(
      1,
    ).prepare()
);

/** By e-mail or user name; a user name holds no `@`, so at most one matches. */
export async function selectUserByLogin(ctx: Ctx, login: string): Promise<UserRow | null> {
  return await byLogin(ctx, { login }) ?? null;
}

const byId = statementOne((db) =>
  db.select().from(users).where(eq(users.id, sql.placeholder("id"))).prepare()
);

export async function selectUser(ctx: Ctx, id: string): Promise<UserRow | null> {
  return await byId(ctx, { id }) ?? null;
}

export async function insertUser(tx: Tx, row: typeof users.$inferInsert): Promise<void> {
  await blind(tx.db.insert(users).values(row));
}

export async function updateUser(tx: Tx, id: string, change: Partial<UserRow>): Promise<void> {
  if (Object.keys(change).length > 0) await blind(tx.db.update(users).set(change).where(eq(users.id, id)));
}

/** Raises the epoch: every access token made before it is refused. */
export async function raiseEpoch(tx: Tx, id: string): Promise<void> {
  await blind(tx.db.update(users).set({ tokenEpoch: sql`${users.tokenEpoch} + 1` }).where(eq(users.id, id)));
}

export async function deleteUserRow(tx: Tx, id: string): Promise<void> {
  await blind(tx.db.delete(users).where(eq(users.id, id)));
}

export async function countUsers(ctx: Ctx): Promise<number> {
  const [row] = await ctx.db.select({ total: count() }).from(users);
  return row?.total ?? 0;
}

/** Platform admins who can sign in, other than `except`. */
export async function countOtherPlatformAdmins(ctx: Ctx, except: string): Promise<number> {
  const [row] = await ctx.db.select({ total: count() }).from(users)
    .where(and(eq(users.platformAdmin, true), isNull(users.disabledAt), ne(users.id, except)));
  return row?.total ?? 0;
}

/** An admin of the platform who can sign in: `first` if that is one, else the oldest; never `except`. */
export async function selectHeir(
  ctx: Ctx,
  { except, first }: { except: string; first: string | null },
): Promise<string | null> {
  const [row] = await ctx.db.select({ id: users.id }).from(users)
    .where(and(eq(users.platformAdmin, true), isNull(users.disabledAt), ne(users.id, except)))
    .orderBy(sql`${users.id} = ${first ?? ""} desc`, asc(users.id)).limit(1);
  return row?.id ?? null;
}

export async function isUsernameTaken(ctx: Ctx, username: string): Promise<boolean> {
  return (await ctx.db.select({ id: users.id }).from(users).where(eq(users.username, username)).limit(1))
    .length > 0;
}

export async function isSlugTaken(ctx: Ctx, slug: string): Promise<boolean> {
  const rows = await ctx.db.select({ id: workspaces.id }).from(workspaces).where(eq(workspaces.slug, slug))
    .limit(1);
  return rows.length > 0;
}

export async function insertWorkspace(tx: Tx, row: typeof workspaces.$inferInsert): Promise<void> {
  await blind(tx.db.insert(workspaces).values(row));
}

export async function selectWorkspace(ctx: Ctx, id: string): Promise<WorkspaceRow | null> {
  const [row] = await ctx.db.select().from(workspaces).where(eq(workspaces.id, id));
  return row ?? null;
}

export async function selectWorkspaceBySlug(ctx: Ctx, slug: string): Promise<WorkspaceRow | null> {
  const [row] = await ctx.db.select().from(workspaces).where(eq(workspaces.slug, slug));
  return row ?? null;
}

export async function renameWorkspaceRow(tx: Tx, name: string): Promise<void> {
  await blind(tx.db.update(workspaces).set({ name }).where(eq(workspaces.id, tx.workspaceId)));
}

/** The token's row, if it was made already nothing changes: a mail that is tried again carries the same link. */
export async function insertOneTimeToken(tx: Tx, row: typeof oneTimeTokens.$inferInsert): Promise<void> {
  await blind(tx.db.insert(oneTimeTokens).values(row).onConflictDoNothing());
}

export async function selectOneTimeToken(
  ctx: Ctx,
  tokenHash: string,
): Promise<typeof oneTimeTokens.$inferSelect | null> {
  const [row] = await ctx.db.select().from(oneTimeTokens).where(eq(oneTimeTokens.tokenHash, tokenHash));
  return row ?? null;
}

/** Marks it used, and with it every other one of the user. False when somebody used it first. */
export async function useOneTimeTokens(
  tx: Tx,
  { userId, tokenHash }: { userId: string; tokenHash: string },
): Promise<boolean> {
  const usedAt = tx.now();
  const mine = await tx.db.update(oneTimeTokens).set({ usedAt })
    .where(
      and(
        eq(oneTimeTokens.tokenHash, tokenHash),
        isNull(oneTimeTokens.usedAt),
        gt(oneTimeTokens.expiresAt, usedAt),
      ),
    );
  if (mine.rowsAffected !== 1) return false;
  await blind(
    tx.db.update(oneTimeTokens).set({ usedAt }).where(
      and(eq(oneTimeTokens.userId, userId), isNull(oneTimeTokens.usedAt)),
    ),
  );
  return true;
}

export async function deleteOneTimeTokens(tx: Tx, before: number): Promise<number> {
  const old = or(
    lt(oneTimeTokens.expiresAt, before),
    and(isNotNull(oneTimeTokens.usedAt), lt(oneTimeTokens.usedAt, before)),
  );
  return (await tx.db.delete(oneTimeTokens).where(old)).rowsAffected;
}
