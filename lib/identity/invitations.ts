import { audit } from "../audit/mod.ts";
import type { Ctx } from "../context.ts";
import { enqueueLate } from "../jobs/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { DAY } from "../kernel/clock.ts";
import { AppError, isUniqueViolation, notFound } from "../kernel/errors.ts";
import { newId } from "../kernel/ids.ts";
import { decodeCursor, type Page, type PageRequest, toPage } from "../kernel/page.ts";
import type { Role } from "../kernel/scopes.ts";
import { sha256Hex } from "../kernel/text.ts";
import { mailInvitation } from "./jobs.ts";
import { deriveSecret } from "./keys.ts";
import { LIMITS, takeLimit } from "./limits.ts";
import { invitationMail, linkTo } from "./mails.ts";
import { normalEmail, requireRoleOver, requireUser } from "./policy.ts";
import { joinByInvitation, usableInvitation } from "./register.ts";
import { toLocale } from "./schemas.ts";
import { forgetUser } from "./sessions.ts";
import {
  deleteInvitation,
  deleteInvitationsTo,
  insertInvitation,
  type InvitationRow,
  selectInvitation,
  selectInvitations,
  selectMember,
  selectWorkspacesOfUser,
  type WorkspaceOfUser,
} from "./store-members.ts";
import { selectUser, selectUserByLogin } from "./store.ts";

const INVITATION_TTL_MS = 7 * DAY;

export interface Invitation {
  readonly id: string;
  readonly email: string;
  readonly role: Role;
  readonly invitedBy: string;
  readonly expiresAt: number;
  readonly createdAt: number;
}

/**
 * Invites an address into the workspace and mails the link, where mail is configured; `token` and `link` are shown
 * this once. A pending invitation to the same address is replaced. Throws `conflict` for a member, `forbidden` for
 * a role above the inviter's.
 */
export async function createInvitation(
  ctx: Ctx,
  input: { email: string; role: Role },
): Promise<Invitation & { readonly token: string; readonly link: string; readonly mailed: boolean }> {
  requireScope(ctx, "members:write");
  requireRoleOver(ctx.actor, input.role);
  await takeLimit(ctx, LIMITS.invitationsByUser, ctx.actor.id);
  const email = normalEmail(input.email);
  const id = newId("invitation");
  const token = await deriveSecret(ctx.config, "invitation", [id]);
  const tokenHash = await sha256Hex(token);
  const mailed = ctx.ports.mail.configured;
  const row = await ctx.transact(async (tx) => {
    const createdAt = tx.now();
    const invitation = {
      id,
      email,
      role: input.role,
      tokenHash,
      invitedBy: tx.actor.id,
      expiresAt: createdAt + INVITATION_TTL_MS,
      createdAt,
    };
    const user = await selectUserByLogin(tx, email);
    if (user !== null && await selectMember(tx, user.id) !== null) {
      throw new AppError("conflict", "This address belongs to a member of the workspace already");
    }
    await deleteInvitationsTo(tx, email);
    await insertInvitation(tx, invitation);
    await audit(tx, { action: "invitation.create", subjectId: id, detail: { email, role: input.role } });
    if (mailed) await enqueueLate(tx, mailInvitation, { invitationId: id });
    return invitation;
  });
  return { ...toInvitation(row), token, link: linkTo(ctx.config, { what: "invitation", token }), mailed };
}

function toInvitation(row: Omit<InvitationRow, "workspaceId" | "acceptedAt">): Invitation {
  const { id, email, role, invitedBy, expiresAt, createdAt } = row;
  return { id, email, role, invitedBy, expiresAt, createdAt };
}

/** The job behind `createInvitation`: the same link and mail id at every attempt; nothing if it was withdrawn. */
export async function mailInvitationLink(
  ctx: Ctx,
  { invitationId }: { invitationId: string },
): Promise<void> {
  const row = await selectInvitation(ctx, invitationId);
  if (row === null || row.acceptedAt !== null || row.expiresAt <= ctx.now()) return;
  const token = await deriveSecret(ctx.config, "invitation", [invitationId]);
  if (await sha256Hex(token) !== row.tokenHash) return; // made under a secret that is gone
  const inviter = await selectUser(ctx, row.invitedBy);
  const link = linkTo(ctx.config, { what: "invitation", token });
  const locale = toLocale(inviter?.locale ?? "es");
  await ctx.ports.mail.send(
    invitationMail(row.email, { workspace: row.workspaceName, link, locale, id: invitationId }),
  );
}

/** Invitations that nobody has accepted yet, newest first. */
export async function listInvitations(ctx: Ctx, { limit, cursor }: PageRequest): Promise<Page<Invitation>> {
  requireScope(ctx, "members:read");
  const before = cursor === undefined ? null : String(decodeCursor(cursor, 1)[0]);
  const rows = await selectInvitations(ctx, { before, limit: limit + 1 });
  return toPage(rows, { limit, keysOf: ({ id }) => [id], toDto: toInvitation });
}

/** Withdraws it: its link is worth nothing from now on. */
export async function revokeInvitation(ctx: Ctx, id: string): Promise<void> {
  requireScope(ctx, "members:write");
  await ctx.transact(async (tx) => {
    if (!await deleteInvitation(tx, id)) throw notFound("invitation", id);
    await audit(tx, { action: "invitation.revoke", subjectId: id });
  });
}

/** The signed-in user joins the inviting workspace. Throws `gone`, or `conflict` for a member. */
export async function acceptInvitation(ctx: Ctx, { token }: { token: string }): Promise<WorkspaceOfUser> {
  const { id: userId } = requireUser(ctx);
  const user = await selectUser(ctx, userId);
  if (user === null) throw new AppError("unauthorized", "The user does not exist any more");
  const invitation = await usableInvitation(ctx, { token, email: user.email });
  const workspaces = await joinOnce(ctx, { invitation, userId });
  const joined = workspaces.find(({ id }) => id === invitation.workspaceId);
  if (joined === undefined) throw notFound("workspace", invitation.workspaceId);
  return joined;
}

async function joinOnce(
  ctx: Ctx,
  join: { invitation: InvitationRow; userId: string },
): Promise<WorkspaceOfUser[]> {
  try {
    return await ctx.transact(async (tx) => {
      await joinByInvitation(tx, join);
      forgetUser(tx, join.userId);
      return await selectWorkspacesOfUser(tx, join.userId);
    });
  } catch (thrown) {
    if (!isUniqueViolation(thrown)) throw thrown;
    throw new AppError("conflict", "You are a member of this workspace already");
  }
}
