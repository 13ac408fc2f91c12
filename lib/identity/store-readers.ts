import { and, asc, eq, inArray, isNull, sql } from "drizzle-orm";
import { memberships, users } from "../../db/schema/identity.ts";
import { statement } from "../../db/statement.ts";
import type { Ctx } from "../context.ts";
import type { Role } from "../kernel/scopes.ts";

/** A member who can sign in, with the language that they read. */
export interface Reader {
  readonly userId: string;
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  readonly locale: string;
}

const READER = {
  userId: users.id,
  email: users.email,
  name: users.name,
  role: memberships.role,
  locale: users.locale,
};

const readersOf = statement((db) =>
  db.select(READER).from(memberships)
    .innerJoin(users, and(eq(users.id, memberships.userId), isNull(users.disabledAt)))
    .where(and(
      eq(memberships.workspaceId, sql.placeholder("workspaceId")),
      sql`${memberships.userId} in (select value from json_each(${sql.placeholder("ids")}))`,
    )).prepare()
);

/**
 * Who of these users is a member that can sign in. For domains that tell them something; the caller's verb has
 * checked the scope.
 */
export async function readersAmong(at: Ctx, userIds: readonly string[]): Promise<Reader[]> {
  if (userIds.length === 0) return [];
  return await readersOf(at, { workspaceId: at.workspaceId, ids: JSON.stringify(userIds) });
}

/** The same by role, in the order of joining. */
export async function readersOfRoles(at: Ctx, roles: readonly Role[]): Promise<Reader[]> {
  if (roles.length === 0) return [];
  return await at.db.select(READER).from(memberships)
    .innerJoin(users, and(eq(users.id, memberships.userId), isNull(users.disabledAt)))
    .where(and(eq(memberships.workspaceId, at.workspaceId), inArray(memberships.role, [...roles])))
    .orderBy(asc(memberships.id));
}
