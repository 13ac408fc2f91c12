import { audit } from "../audit/mod.ts";
import type { Ctx } from "../context.ts";
import { type AtHand, whenAtHand } from "../kernel/at-hand.ts";
import { AppError, isUniqueViolation } from "../kernel/errors.ts";
import type { Role, Scope } from "../kernel/scopes.ts";
import { normalUsername, requireUser, scopesOfUser } from "./policy.ts";
import type { Locale } from "./schemas.ts";
import { type ProfileRow, selectProfile, selectWritten, updateUser, type WrittenRow } from "./store.ts";

/** A user as it is shown to itself and to admins: no hash, no epoch. */
export interface Profile {
  readonly id: string;
  readonly email: string;
  readonly username: string;
  readonly name: string;
  readonly locale: string;
  readonly platformAdmin: boolean;
  readonly disabledAt: number | null;
  readonly createdAt: number;
  readonly lastLoginAt: number | null;
  readonly role: Role | null;
  readonly workspace: {
    readonly id: string;
    readonly name: string;
    readonly slug: string;
    readonly plan: string;
    readonly sample: boolean;
  } | null;
  readonly scopes: ReadonlySet<Scope>;
}

export function toProfile(row: ProfileRow): Profile {
  const {
    role,
    workspaceId: id,
    workspaceName: name,
    workspaceSlug: slug,
    workspacePlan: plan,
    workspaceSample: sample,
  } = row;
  const known = id !== null && name !== null && slug !== null && plan !== null && sample !== null;
  return {
    id: row.id,
    email: row.email,
    username: row.username,
    name: row.name,
    locale: row.locale,
    platformAdmin: row.platformAdmin,
    disabledAt: row.disabledAt,
    createdAt: row.createdAt,
    lastLoginAt: row.lastLoginAt,
    role,
    workspace: known ? { id, name, slug, plan, sample } : null,
    scopes: scopesOfUser(role, row.platformAdmin),
  };
}

export async function readProfile(
  ctx: Ctx,
  of: { userId: string; workspaceId: string | null },
): Promise<Profile> {
  const row = await selectProfile(ctx, of);
  if (row === null) throw gone();
  return toProfile(row);
}

/** A profile whose texts are JSON already. */
export interface WrittenProfile extends WrittenRow {
  readonly scopes: ReadonlySet<Scope>;
}

/**
 * The caller: a user, or the owner of the API key with the key's scopes. One database read. Every page and every client
 * asks it, so what it says is written by SQLite and not read only to be written again (a sixth of the request).
 */
export function me(ctx: Ctx): AtHand<WrittenProfile> {
  const { actor, workspaceIdOrNull: workspaceId } = ctx;
  const userId = actor.kind === "api_key" ? actor.ownerId : requireUser(ctx).id;
  return whenAtHand(selectWritten(ctx, { userId, workspaceId }), (row) => {
    if (row === undefined) throw gone();
    const scopes = actor.kind === "api_key" ? actor.scopes : scopesOfUser(row.role, row.platformAdmin);
    return { ...row, scopes };
  });
}

function gone(): AppError {
  return new AppError("unauthorized", "The user does not exist any more");
}

export interface ProfileChange {
  readonly name?: string | undefined;
  readonly username?: string | undefined;
  readonly email?: string | undefined;
  readonly locale?: Locale | undefined;
}

/** Changes what is given. Throws `conflict` when the e-mail or user name belongs to somebody else. */
export async function updateProfile(ctx: Ctx, change: ProfileChange): Promise<Profile> {
  const { id } = requireUser(ctx);
  const { name, username, email, locale } = change;
  await uniquely(() =>
    ctx.transact(async (tx) => {
      await updateUser(tx, id, {
        ...(name === undefined ? {} : { name }),
        ...(username === undefined ? {} : { username: normalUsername(username) }),
        ...(email === undefined ? {} : { email }),
        ...(locale === undefined ? {} : { locale }),
      });
      await audit(tx, { action: "user.update", subjectId: id, detail: { fields: Object.keys(change) } });
    })
  );
  return await readProfile(ctx, { userId: id, workspaceId: ctx.workspaceIdOrNull });
}

/** Runs a write of a user row; a taken e-mail or user name becomes `conflict`. */
export async function uniquely<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (thrown) {
    if (!isUniqueViolation(thrown)) throw thrown;
    throw taken();
  }
}

export function taken(): AppError {
  return new AppError("conflict", "The e-mail or user name is taken: sign in, or choose another");
}
