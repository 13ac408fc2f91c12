import { audit } from "../audit/mod.ts";
import type { Ctx, Tx } from "../context.ts";
import { requireScope } from "../kernel/actors.ts";
import { AppError, notFound } from "../kernel/errors.ts";
import { decodeCursor, type Page, toPage } from "../kernel/page.ts";
import type { Role } from "../kernel/scopes.ts";
import { handOver } from "./hand-over.ts";
import { type Profile, readProfile, toProfile, uniquely } from "./me.ts";
import { requireAnotherOwner, writeRole } from "./members.ts";
import { hashPassword } from "./passwords.ts";
import { normalEmail, normalUsername, requireUser } from "./policy.ts";
import { type NewUser, writeUser, writeWorkspace } from "./register.ts";
import { endAllSessions, forgetUser } from "./sessions.ts";
import { requireStrong } from "./strength.ts";
import { revokeKeysOfUser } from "./store-keys.ts";
import {
  countOtherMembers,
  insertMembership,
  selectWorkspacesOfUser,
  type WorkspaceOfUser,
} from "./store-members.ts";
import {
  countOtherPlatformAdmins,
  deleteUserRow,
  selectProfiles,
  selectUser,
  selectWorkspace,
  updateUser,
  type UserRow,
} from "./store.ts";

export interface UserQuery {
  readonly limit: number;
  readonly cursor?: string | undefined;
  /** Part of an e-mail, user name or name. */
  readonly search?: string | undefined;
}

/** Every user of the platform, each with the workspace that they joined first. */
export async function listUsers(ctx: Ctx, { limit, cursor, search }: UserQuery): Promise<Page<Profile>> {
  requireScope(ctx, "platform:read");
  const after = cursor === undefined ? null : String(decodeCursor(cursor, 1)[0]);
  const rows = await selectProfiles(ctx, { after, limit: limit + 1, search: search ?? null });
  return toPage(rows, { limit, keysOf: ({ id }) => [id], toDto: toProfile });
}

export interface CreateUserInput extends NewUser {
  /** Without one the user sets a password by a reset link. */
  readonly password?: string | undefined;
  /** Joins this workspace with `role` (default member); without it the user gets a workspace as its owner. */
  readonly workspaceId?: string | undefined;
  readonly role?: Role | undefined;
  readonly platformAdmin?: boolean | undefined;
}

/** Throws `conflict` when e-mail or user name is taken. */
export async function createUser(ctx: Ctx, input: CreateUserInput): Promise<Profile> {
  requireScope(ctx, "platform:write");
  const { password, role = "member", platformAdmin = false } = input;
  const email = normalEmail(input.email);
  const username = input.username === undefined ? undefined : normalUsername(input.username);
  if (password !== undefined) {
    await requireStrong(password, { path: "password", about: [email, username ?? "", input.name ?? ""] });
  }
  const passwordHash = password === undefined ? null : await hashPassword(ctx, password);
  const made = await uniquely(() =>
    ctx.transact(async (tx) => {
      const user = await writeUser(tx, { user: { ...input, email, username }, passwordHash, platformAdmin });
      const workspaceId = input.workspaceId === undefined
        ? await writeWorkspace(tx, { name: user.name, ownerId: user.id })
        : await join(tx, { workspaceId: input.workspaceId, userId: user.id, role });
      await audit(tx, {
        action: "user.create",
        subjectId: user.id,
        workspaceId,
        detail: { email, role, platformAdmin },
      });
      return { userId: user.id, workspaceId };
    })
  );
  return await readProfile(ctx, made);
}

async function join(
  tx: Tx,
  { workspaceId, userId, role }: { workspaceId: string; userId: string; role: Role },
): Promise<string> {
  if (await selectWorkspace(tx, workspaceId) === null) throw notFound("workspace", workspaceId);
  await insertMembership(tx.as({ workspaceId }), { userId, role });
  return workspaceId;
}

export interface UserChange {
  /** In `workspaceId`, by default the workspace that the user joined first. */
  readonly role?: Role | undefined;
  readonly workspaceId?: string | undefined;
  readonly platformAdmin?: boolean | undefined;
  /** Disabling ends the user's sessions and stops their API keys. */
  readonly disabled?: boolean | undefined;
  readonly endSessions?: boolean | undefined;
  readonly name?: string | undefined;
  readonly email?: string | undefined;
  readonly username?: string | undefined;
}

/** Changes what is given, at once. Throws `conflict` for the platform's last admin and a workspace's last owner. */
export async function changeUser(
  ctx: Ctx,
  { id, change }: { id: string; change: UserChange },
): Promise<Profile> {
  requireScope(ctx, "platform:write");
  const { role, platformAdmin, disabled, endSessions = false } = change;
  const workspaceId = await uniquely(() =>
    ctx.transact(async (tx) => {
      const user = await selectUser(tx, id);
      if (user === null) throw notFound("user", id);
      const workspaces = await selectWorkspacesOfUser(tx, id);
      const at = workspaceOf(workspaces, change.workspaceId);
      if (platformAdmin === false || disabled === true) await requireAnotherAdmin(tx, user);
      if (disabled === true) await requireOwnersBeside(tx, { userId: id, workspaces });
      if (role !== undefined) {
        if (at === null) {
          throw new AppError("conflict", "The user is a member of no workspace, so has no role");
        }
        await writeRole(tx.as({ workspaceId: at.id }), { userId: id, role });
      }
      await updateUser(tx, id, columnsOf(change, { user, now: tx.now() }));
      if (endSessions || disabled === true) {
        await endAllSessions(tx, { userId: id, reason: disabled === true ? "disabled" : "admin" });
      }
      await audit(tx, { action: "user.change", subjectId: id, workspaceId: null, detail: { ...change } });
      forgetUser(tx, id);
      return at?.id ?? null;
    })
  );
  return await readProfile(ctx, { userId: id, workspaceId });
}

function workspaceOf(workspaces: readonly WorkspaceOfUser[], id: string | undefined): WorkspaceOfUser | null {
  if (id === undefined) return workspaces[0] ?? null;
  const named = workspaces.find((workspace) => workspace.id === id);
  if (named === undefined) throw notFound("membership of the user", id);
  return named;
}

function columnsOf(change: UserChange, { user, now }: { user: UserRow; now: number }): Partial<UserRow> {
  const { platformAdmin, disabled, name, email, username } = change;
  return {
    ...(platformAdmin === undefined ? {} : { platformAdmin }),
    ...(disabled === undefined ? {} : { disabledAt: disabled ? user.disabledAt ?? now : null }),
    ...(name === undefined ? {} : { name }),
    ...(email === undefined ? {} : { email: normalEmail(email) }),
    ...(username === undefined ? {} : { username: normalUsername(username) }),
  };
}

async function requireAnotherAdmin(tx: Tx, user: UserRow): Promise<void> {
  if (!user.platformAdmin || await countOtherPlatformAdmins(tx, user.id) > 0) return;
  throw new AppError("conflict", "This is the platform's last admin: make somebody else one first");
}

/** A workspace with others in it must keep an owner who can sign in. */
async function requireOwnersBeside(
  tx: Tx,
  { userId, workspaces }: { userId: string; workspaces: readonly WorkspaceOfUser[] },
): Promise<void> {
  for (const { id, role } of workspaces) {
    const inside = tx.as({ workspaceId: id });
    if (role === "owner" && await countOtherMembers(inside, userId) > 0) {
      await requireAnotherOwner(inside, userId);
    }
  }
}

/**
 * Deletes a user with sessions, memberships and API keys. What the user did stays in the log. A workspace that nobody
 * else is in holds customers' words, so it is not deleted along: whoever deletes, or else the platform's first admin,
 * becomes its owner. Throws `conflict` for oneself and for a last admin or owner.
 */
export async function deleteUser(ctx: Ctx, id: string): Promise<void> {
  requireScope(ctx, "platform:write");
  if (ctx.actor.kind === "user" && requireUser(ctx).id === id) {
    throw new AppError("conflict", "You can't delete yourself: let another admin do it");
  }
  await ctx.transact(async (tx) => {
    const user = await selectUser(tx, id);
    if (user === null) throw notFound("user", id);
    await requireAnotherAdmin(tx, user);
    const workspaces = await selectWorkspacesOfUser(tx, id);
    await requireOwnersBeside(tx, { userId: id, workspaces });
    await handOver(tx, { userId: id, workspaces });
    await revokeKeysOfUser(tx, id);
    await deleteUserRow(tx, id);
    await audit(tx, {
      action: "user.delete",
      subjectId: id,
      workspaceId: null,
      detail: { username: user.username },
    });
    forgetUser(tx, id);
  });
}
