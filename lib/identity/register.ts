import { audit } from "../audit/mod.ts";
import type { Ctx, Tx } from "../context.ts";
import { emit } from "../events/mod.ts";
import { AppError } from "../kernel/errors.ts";
import { newId, newSecret } from "../kernel/ids.ts";
import { sha256Hex } from "../kernel/text.ts";
import { addressOf, LIMITS, takeLimit } from "./limits.ts";
import { taken, uniquely } from "./me.ts";
import { hashPassword } from "./passwords.ts";
import { bareUser, normalEmail, normalUsername, slugOf } from "./policy.ts";
import type { Locale } from "./schemas.ts";
import { type SignedIn, signedIn, startSession } from "./sign-in.ts";
import { requireStrong } from "./strength.ts";
import {
  acceptInvitationRow,
  insertMembership,
  type InvitationRow,
  selectInvitationByHash,
} from "./store-members.ts";
import { insertUser, insertWorkspace, isSlugTaken, isUsernameTaken, selectUserByLogin } from "./store.ts";

export interface NewUser {
  readonly email: string;
  readonly username?: string | undefined;
  readonly name?: string | undefined;
  readonly locale?: Locale | undefined;
}

export interface RegisterInput extends NewUser {
  readonly password: string;
  readonly workspaceName?: string | undefined;
  /** Joins the inviting workspace in place of getting one of one's own. */
  readonly invitationToken?: string | undefined;
  readonly userAgent?: string | null;
}

/**
 * Makes a user with a workspace on the free plan, or joins one by invitation, and signs in. Throws `conflict`
 * when e-mail or user name is taken, `gone` for an invitation that is used up, `validation_failed` for a password
 * that is too easy to guess, `rate_limited`.
 */
export async function register(ctx: Ctx, input: RegisterInput): Promise<SignedIn> {
  await takeLimit(ctx, LIMITS.registerByAddress, addressOf(ctx));
  const email = normalEmail(input.email);
  const username = givenUsername(input.username, email);
  await requireStrong(input.password, { path: "password", about: [email, username ?? "", input.name ?? ""] });
  const invitation = input.invitationToken === undefined
    ? null
    : await usableInvitation(ctx, { token: input.invitationToken, email });
  for (const login of [email, username]) {
    if (login !== null && await selectUserByLogin(ctx, login) !== null) throw taken();
  }
  const passwordHash = await hashPassword(ctx, input.password);

  const session = await uniquely(() =>
    ctx.transact(async (outer) => {
      const user = await writeUser(outer, {
        user: { ...input, email, username: username ?? undefined },
        passwordHash,
        lastLoginAt: outer.now(),
      });
      const tx = outer.as({ actor: bareUser(user.id) });
      const workspaceId = invitation === null
        ? await writeWorkspace(tx, { name: input.workspaceName ?? user.name, ownerId: user.id })
        : await joinByInvitation(tx, { invitation, userId: user.id });
      const session = await startSession(tx, {
        userId: user.id,
        workspaceId,
        userAgent: input.userAgent ?? null,
      });
      await audit(tx, {
        action: "user.register",
        subjectId: user.id,
        workspaceId,
        detail: { invited: invitation !== null },
      });
      return session;
    })
  );
  return await signedIn(ctx, { session, epoch: 0 });
}

/** A user name that is the e-mail itself counts as not given: names hold no `@`. */
function givenUsername(username: string | undefined, email: string): string | null {
  return username === undefined || normalEmail(username) === email ? null : normalUsername(username);
}

/** Writes the row of a user; without a user name one is made from the e-mail. Throws a unique violation. */
export async function writeUser(
  tx: Tx,
  { user, passwordHash, platformAdmin = false, lastLoginAt = null }: {
    user: NewUser;
    passwordHash: string | null;
    platformAdmin?: boolean;
    lastLoginAt?: number | null;
  },
): Promise<{ readonly id: string; readonly name: string }> {
  const local = user.email.split("@")[0] ?? "";
  let username = user.username ?? slugOf(local, "user");
  if (user.username === undefined && await isUsernameTaken(tx, username)) {
    username = `${username}-${chance()}`;
  }
  const id = newId("user");
  const name = user.name ?? local;
  const { email, locale = "es" } = user;
  const createdAt = tx.now();
  await insertUser(tx, {
    id,
    email,
    username,
    name,
    passwordHash,
    locale,
    platformAdmin,
    createdAt,
    lastLoginAt,
  });
  return { id, name };
}

/** A workspace on the free plan, owned by one user. */
export async function writeWorkspace(
  tx: Tx,
  { name, ownerId, slug = slugOf(name, "workspace") }: { name: string; ownerId: string; slug?: string },
): Promise<string> {
  const id = newId("workspace");
  const free = await isSlugTaken(tx, slug) ? `${slug}-${chance()}` : slug;
  await insertWorkspace(tx, { id, name, slug: free, plan: "free", createdAt: tx.now() });
  const inside = tx.as({ workspaceId: id });
  await insertMembership(inside, { userId: ownerId, role: "owner" });
  await emit(inside, { type: "workspace.created", subjectId: id, data: { name, owner_id: ownerId } });
  return id;
}

function chance(): string {
  return newSecret(6).toLowerCase().replace(/[^a-z0-9]/g, "0");
}

/** The invitation of a token, if it still stands and was sent to this address. */
export async function usableInvitation(
  ctx: Ctx,
  { token, email }: { token: string; email: string },
): Promise<InvitationRow> {
  await takeLimit(ctx, LIMITS.tokenByAddress, addressOf(ctx));
  const invitation = await selectInvitationByHash(ctx, await sha256Hex(token));
  if (invitation === null || invitation.acceptedAt !== null || invitation.expiresAt <= ctx.now()) {
    throw usedUp();
  }
  if (invitation.email !== email) {
    throw new AppError("forbidden", "This invitation was sent to another e-mail address");
  }
  return invitation;
}

/** Uses the invitation up and writes the membership. */
export async function joinByInvitation(
  tx: Tx,
  { invitation, userId }: { invitation: InvitationRow; userId: string },
): Promise<string> {
  const inside = tx.as({ workspaceId: invitation.workspaceId });
  if (!await acceptInvitationRow(inside, invitation.id)) throw usedUp();
  await insertMembership(inside, { userId, role: invitation.role });
  await emit(inside, { type: "member.joined", subjectId: userId, data: { role: invitation.role } });
  await audit(inside, {
    action: "invitation.accept",
    subjectId: invitation.id,
    detail: { userId, role: invitation.role },
  });
  return invitation.workspaceId;
}

function usedUp(): AppError {
  return new AppError("gone", "This invitation was used, withdrawn, or has expired: ask for a new one");
}
