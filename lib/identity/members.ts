import { audit } from "../audit/mod.ts";
import type { Ctx, Tx } from "../context.ts";
import { emit } from "../events/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { AppError, notFound } from "../kernel/errors.ts";
import { decodeCursor, type Page, type PageRequest, toPage } from "../kernel/page.ts";
import type { Role } from "../kernel/scopes.ts";
import { requireRoleOver } from "./policy.ts";
import { forgetUser } from "./sessions.ts";
import {
  countOtherOwners,
  deleteMembership,
  type MemberRow,
  selectMember,
  selectMembers,
  updateRole,
} from "./store-members.ts";

export type Member = MemberRow;

/** Who works in the workspace, in the order of joining. */
export async function listMembers(ctx: Ctx, { limit, cursor }: PageRequest): Promise<Page<Member>> {
  requireScope(ctx, "members:read");
  const after = cursor === undefined ? null : String(decodeCursor(cursor, 1)[0]);
  const rows = await selectMembers(ctx, { after, limit: limit + 1 });
  return toPage(rows, { limit, keysOf: ({ membershipId }) => [membershipId], toDto: (row) => row });
}

/** Takes effect with the member's next request. Throws `conflict` for the last owner. */
export async function changeMemberRole(
  ctx: Ctx,
  { userId, role }: { userId: string; role: Role },
): Promise<Member> {
  requireScope(ctx, "members:write");
  return await ctx.transact((tx) => writeRole(tx, { userId, role }));
}

/** The same in the caller's transaction, for whoever has checked that it may be called. */
export async function writeRole(tx: Tx, { userId, role }: { userId: string; role: Role }): Promise<Member> {
  const member = await loadMember(tx, userId);
  requireRoleOver(tx.actor, member.role);
  requireRoleOver(tx.actor, role);
  if (member.role === role) return member;
  if (member.role === "owner") await requireAnotherOwner(tx, userId);
  await updateRole(tx, { userId, role });
  await emit(tx, { type: "member.role_changed", subjectId: userId, data: { from: member.role, to: role } });
  await audit(tx, {
    action: "member.change_role",
    subjectId: userId,
    detail: { from: member.role, to: role },
  });
  forgetUser(tx, userId);
  return { ...member, role };
}

/** Ends a membership; with one's own id it is leaving, which needs no scope. Throws `conflict` for the last owner. */
export async function removeMember(ctx: Ctx, userId: string): Promise<void> {
  const leaving = ctx.actor.kind === "user" && ctx.actor.id === userId;
  if (!leaving) requireScope(ctx, "members:write");
  await ctx.transact(async (tx) => {
    const member = await loadMember(tx, userId);
    if (!leaving) requireRoleOver(tx.actor, member.role);
    if (member.role === "owner") await requireAnotherOwner(tx, userId);
    await deleteMembership(tx, userId);
    await emit(tx, { type: "member.removed", subjectId: userId, data: { role: member.role } });
    await audit(tx, { action: "member.remove", subjectId: userId, detail: { role: member.role, leaving } });
    forgetUser(tx, userId);
  });
}

/** The member with a user's id; null for who is none. For verbs of other domains, which ask for their own scope. */
export async function findMember(at: Ctx, userId: string): Promise<Member | null> {
  return await selectMember(at, userId);
}

async function loadMember(tx: Tx, userId: string): Promise<MemberRow> {
  const member = await selectMember(tx, userId);
  if (member === null) throw notFound("member", userId);
  return member;
}

/** Throws `conflict` when `userId` is the only owner who can sign in. */
export async function requireAnotherOwner(tx: Tx, userId: string): Promise<void> {
  if (await countOtherOwners(tx, userId) > 0) return;
  throw new AppError("conflict", "This is the workspace's last owner: make somebody else an owner first");
}
