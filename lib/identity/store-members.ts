import { and, asc, count, desc, eq, gt, inArray, isNull, lt, ne, or, sql } from "drizzle-orm";
import { invitations, memberships, users, workspaces } from "../../db/schema/identity.ts";
import { blind } from "../../db/statement.ts";
import type { Ctx, Tx } from "../context.ts";
import { newId } from "../kernel/ids.ts";
import type { Role } from "../kernel/scopes.ts";

export type InvitationRow = typeof invitations.$inferSelect;

const MEMBER = {
  userId: users.id,
  membershipId: memberships.id,
  email: users.email,
  username: users.username,
  name: users.name,
  role: memberships.role,
  disabledAt: users.disabledAt,
  lastLoginAt: users.lastLoginAt,
  joinedAt: memberships.createdAt,
};

export interface MemberRow {
  readonly userId: string;
  readonly membershipId: string;
  readonly email: string;
  readonly username: string;
  readonly name: string;
  readonly role: Role;
  readonly disabledAt: number | null;
  readonly lastLoginAt: number | null;
  readonly joinedAt: number;
}

export async function selectMembers(
  ctx: Ctx,
  { after, limit }: { after: string | null; limit: number },
): Promise<MemberRow[]> {
  return await ctx.db.select(MEMBER).from(memberships).innerJoin(users, eq(users.id, memberships.userId))
    .where(
      and(
        eq(memberships.workspaceId, ctx.workspaceId),
        after === null ? undefined : gt(memberships.id, after),
      ),
    )
    .orderBy(asc(memberships.id)).limit(limit);
}

export async function selectMember(ctx: Ctx, userId: string): Promise<MemberRow | null> {
  const [row] = await ctx.db.select(MEMBER).from(memberships).innerJoin(
    users,
    eq(users.id, memberships.userId),
  )
    .where(and(eq(memberships.workspaceId, ctx.workspaceId), eq(memberships.userId, userId)));
  return row ?? null;
}

/** Members with one of these ids or user names who can sign in. */
export async function selectMembersBy(
  ctx: Ctx,
  { ids = [], usernames = [] }: { ids?: readonly string[]; usernames?: readonly string[] },
): Promise<MemberRow[]> {
  if (ids.length === 0 && usernames.length === 0) return [];
  return await ctx.db.select(MEMBER).from(memberships).innerJoin(users, eq(users.id, memberships.userId))
    .where(and(
      eq(memberships.workspaceId, ctx.workspaceId),
      isNull(users.disabledAt),
      or(inArray(users.id, [...ids]), inArray(users.username, [...usernames])),
    ));
}

export async function insertMembership(
  tx: Tx,
  { userId, role }: { userId: string; role: Role },
): Promise<void> {
  await blind(
    tx.db.insert(memberships)
      .values({ id: newId("membership"), workspaceId: tx.workspaceId, userId, role, createdAt: tx.now() }),
  );
}

export async function updateRole(tx: Tx, { userId, role }: { userId: string; role: Role }): Promise<void> {
  await blind(
    tx.db.update(memberships).set({ role })
      .where(and(eq(memberships.workspaceId, tx.workspaceId), eq(memberships.userId, userId))),
  );
}

export async function deleteMembership(tx: Tx, userId: string): Promise<void> {
  await blind(
    tx.db.delete(memberships).where(
      and(eq(memberships.workspaceId, tx.workspaceId), eq(memberships.userId, userId)),
    ),
  );
}

/** Owners who can sign in, other than `except`. */
export async function countOtherOwners(ctx: Ctx, except: string): Promise<number> {
  const [row] = await ctx.db.select({ total: count() }).from(memberships)
    .innerJoin(users, and(eq(users.id, memberships.userId), isNull(users.disabledAt)))
    .where(
      and(
        eq(memberships.workspaceId, ctx.workspaceId),
        eq(memberships.role, "owner"),
        ne(memberships.userId, except),
      ),
    );
  return row?.total ?? 0;
}

export async function countOtherMembers(ctx: Ctx, except: string): Promise<number> {
  const [row] = await ctx.db.select({ total: count() }).from(memberships)
    .where(and(eq(memberships.workspaceId, ctx.workspaceId), ne(memberships.userId, except)));
  return row?.total ?? 0;
}

const WORKSPACE = {
  id: workspaces.id,
  name: workspaces.name,
  slug: workspaces.slug,
  plan: workspaces.plan,
  sample: workspaces.sample,
  createdAt: workspaces.createdAt,
  role: memberships.role,
};

export interface WorkspaceOfUser {
  readonly id: string;
  readonly name: string;
  readonly slug: string;
  readonly plan: string;
  readonly sample: boolean;
  readonly createdAt: number;
  readonly role: Role;
}

/** Across workspaces, of one user: the one joined first comes first, it is where a login acts. */
export async function selectWorkspacesOfUser(ctx: Ctx, userId: string): Promise<WorkspaceOfUser[]> {
  return await ctx.db.select(WORKSPACE).from(memberships).innerJoin(
    workspaces,
    eq(workspaces.id, memberships.workspaceId),
  )
    .where(eq(memberships.userId, userId)).orderBy(asc(memberships.id)).limit(500);
}

export async function insertInvitation(
  tx: Tx,
  row: Omit<InvitationRow, "workspaceId" | "acceptedAt">,
): Promise<void> {
  await blind(tx.db.insert(invitations).values({ ...row, workspaceId: tx.workspaceId }));
}

export async function selectInvitations(
  ctx: Ctx,
  { before, limit }: { before: string | null; limit: number },
): Promise<InvitationRow[]> {
  return await ctx.db.select().from(invitations)
    .where(and(
      eq(invitations.workspaceId, ctx.workspaceId),
      isNull(invitations.acceptedAt),
      before === null ? undefined : lt(invitations.id, before),
    ))
    .orderBy(desc(invitations.id)).limit(limit);
}

export async function selectInvitation(
  ctx: Ctx,
  id: string,
): Promise<(InvitationRow & { workspaceName: string }) | null> {
  const [row] = await ctx.db.select({ invitation: invitations, workspaceName: workspaces.name }).from(
    invitations,
  )
    .innerJoin(workspaces, eq(workspaces.id, invitations.workspaceId))
    .where(and(eq(invitations.id, id), eq(invitations.workspaceId, ctx.workspaceId)));
  return row === undefined ? null : { ...row.invitation, workspaceName: row.workspaceName };
}

/** By the token alone: whoever comes with one does not know the workspace yet. */
export async function selectInvitationByHash(ctx: Ctx, tokenHash: string): Promise<InvitationRow | null> {
  const [row] = await ctx.db.select().from(invitations).where(eq(invitations.tokenHash, tokenHash));
  return row ?? null;
}

/** False when it was accepted, withdrawn or has expired meanwhile. */
export async function acceptInvitationRow(tx: Tx, id: string): Promise<boolean> {
  const accepted = await tx.db.update(invitations).set({ acceptedAt: tx.now() })
    .where(and(
      eq(invitations.id, id),
      eq(invitations.workspaceId, tx.workspaceId),
      isNull(invitations.acceptedAt),
      gt(invitations.expiresAt, tx.now()),
    ));
  return accepted.rowsAffected === 1;
}

export async function deleteInvitation(tx: Tx, id: string): Promise<boolean> {
  const gone = await tx.db.delete(invitations)
    .where(
      and(
        eq(invitations.id, id),
        eq(invitations.workspaceId, tx.workspaceId),
        isNull(invitations.acceptedAt),
      ),
    );
  return gone.rowsAffected === 1;
}

/** Pending ones to the same address: a new invitation takes their place. */
export async function deleteInvitationsTo(tx: Tx, email: string): Promise<void> {
  await blind(
    tx.db.delete(invitations).where(and(
      eq(invitations.workspaceId, tx.workspaceId),
      sql`${invitations.email} = ${email}`,
      isNull(invitations.acceptedAt),
    )),
  );
}
