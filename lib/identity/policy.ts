import { AppError, invalid } from "../kernel/errors.ts";
import type { Actor } from "../kernel/actors.ts";
import { type Role, ROLE_NAMES, ROLES, type Scope } from "../kernel/scopes.ts";

export const VISITOR_SCOPES: ReadonlySet<Scope> = new Set<Scope>(["chat:visit"]);
const PLATFORM: readonly Scope[] = ["platform:read", "platform:write"];
const NONE: ReadonlySet<Scope> = new Set();

const withPlatform: Readonly<Record<Role | "none", ReadonlySet<Scope>>> = {
  owner: new Set([...ROLES.owner, ...PLATFORM]),
  admin: new Set([...ROLES.admin, ...PLATFORM]),
  operator: new Set([...ROLES.operator, ...PLATFORM]),
  member: new Set([...ROLES.member, ...PLATFORM]),
  none: new Set(PLATFORM),
};

export function isRole(value: unknown): value is Role {
  return ROLE_NAMES.some((role) => role === value);
}

/** What a user may do in the workspace acted in; `role` null: a member of none. */
export function scopesOfUser(role: Role | null, platformAdmin: boolean): ReadonlySet<Scope> {
  if (platformAdmin) return withPlatform[role ?? "none"];
  return role === null ? NONE : ROLES[role];
}

/** A key never holds more than its owner holds now, whatever it was given when it was made. */
export function scopesOfKey(scopes: readonly Scope[], owner: ReadonlySet<Scope>): ReadonlySet<Scope> {
  return new Set(scopes.filter((scope) => owner.has(scope)));
}

/** 0 is the most; a role may be granted or taken by an equal or higher one only. */
export function rankOfRole(role: Role): number {
  return ROLE_NAMES.indexOf(role);
}

/** Throws 403 unless the actor's own role reaches `role`. The platform's admin and the system reach all. */
export function requireRoleOver(actor: Actor, role: Role): void {
  if (actor.kind === "system" || actor.scopes.has("platform:write")) return;
  if (actor.kind === "user" && rankOfRole(actor.role) <= rankOfRole(role)) return;
  throw new AppError("forbidden", `Only an equal or higher role may grant, change or remove "${role}"`);
}

/** A user who is known but has no session yet: so that what a login or registration writes bears the user's id. */
export function bareUser(id: string): Actor {
  return { kind: "user", id, role: "member", sessionId: null, platformAdmin: false, scopes: NONE };
}

type SignedInUser = Extract<Actor, { kind: "user" }>;

/** The signed-in user. Throws 401 for nobody, 403 for API keys and visitors. */
export function requireUser(ctx: { readonly actor: Actor }): SignedInUser {
  const { actor } = ctx;
  if (actor.kind === "user") return actor;
  if (actor.kind === "anonymous") throw new AppError("unauthorized", "Sign in to do this");
  throw new AppError("forbidden", "Only a signed-in user can do this");
}

/** E-mail addresses are compared without regard to case. */
export function normalEmail(email: string): string {
  return email.trim().normalize("NFC").toLowerCase();
}

/** Lower case letters of ASCII, digits, dot, dash, underscore: never an address, so the two can't be confused. */
export function normalUsername(username: string): string {
  const name = username.trim().toLowerCase();
  if (/^[a-z0-9][a-z0-9._-]{1,63}$/.test(name)) return name;
  throw invalid(
    "username",
    "must have 2 to 64 letters a-z, digits, dots, dashes or underscores, and start with a letter or digit",
  );
}

/** A user name or slug out of free text; `fallback` when nothing of it can be kept. */
export function slugOf(text: string, fallback: string): string {
  const slug = text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(
    /^-+|-+$/g,
    "",
  );
  return slug.length < 2 ? fallback : slug.slice(0, 40).replace(/-+$/, "");
}
