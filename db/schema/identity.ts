import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import type { Role, Scope } from "../../lib/kernel/scopes.ts";
import { at, createdAt, flag, id, workspaceId } from "../columns.ts";

export const users = sqliteTable("users", {
  id: id(),
  email: text("email").notNull(),
  username: text("username").notNull(),
  name: text("name").notNull(),
  passwordHash: text("password_hash"),
  locale: text("locale").notNull().default("es"),
  platformAdmin: flag("platform_admin").notNull().default(false),
  disabledAt: at("disabled_at"),
  /** Access tokens of a lower epoch are refused: raised by a password change or by ending all sessions. */
  tokenEpoch: integer("token_epoch").notNull().default(0),
  createdAt: createdAt(),
  lastLoginAt: at("last_login_at"),
}, (t) => [uniqueIndex("users_email").on(t.email), uniqueIndex("users_username").on(t.username)]);

export const workspaces = sqliteTable("workspaces", {
  id: id(),
  name: text("name").notNull(),
  slug: text("slug").notNull(),
  plan: text("plan").notNull().default("free"),
  /** True until a real channel is connected or setup ran. */
  sample: flag("sample").notNull().default(false),
  createdAt: createdAt(),
}, (t) => [uniqueIndex("workspaces_slug").on(t.slug)]);

export const memberships = sqliteTable(
  "memberships",
  {
    id: id(),
    workspaceId: workspaceId().references(() => workspaces.id, { onDelete: "cascade" }),
    userId: text("user_id").notNull().references(() => users.id, { onDelete: "cascade" }),
    role: text("role").$type<Role>().notNull(),
    createdAt: createdAt(),
  },
  (
    t,
  ) => [uniqueIndex("memberships_pair").on(t.workspaceId, t.userId), index("memberships_user").on(t.userId)],
);

export const invitations = sqliteTable(
  "invitations",
  {
    id: id(),
    workspaceId: workspaceId().references(() => workspaces.id, { onDelete: "cascade" }),
    email: text("email").notNull(),
    role: text("role").$type<Role>().notNull(),
    /** SHA-256 of the token that was mailed, hex. */
    tokenHash: text("token_hash").notNull(),
    invitedBy: text("invited_by").notNull(),
    expiresAt: at("expires_at").notNull(),
    acceptedAt: at("accepted_at"),
    createdAt: createdAt(),
  },
  (
    t,
  ) => [
    uniqueIndex("invitations_token").on(t.tokenHash),
    index("invitations_workspace").on(t.workspaceId, t.createdAt),
  ],
);

/** A login. Its refresh token is derived from `seed`, the server's secret and `rotation`: no token is stored. */
export const sessions = sqliteTable("sessions", {
  id: id(),
  userId: text("user_id").notNull().references(() => users.id, { onDelete: "cascade" }),
  workspaceId: text("workspace_id"),
  seed: text("seed").notNull(),
  rotation: integer("rotation").notNull().default(0),
  /** When the latest rotations happened, oldest first; only those within the grace are kept. */
  rotatedAt: text("rotated_at", { mode: "json" }).$type<number[]>().notNull(),
  userAgent: text("user_agent"),
  address: text("address"),
  createdAt: createdAt(),
  lastUsedAt: at("last_used_at").notNull(),
  expiresAt: at("expires_at").notNull(),
  endedAt: at("ended_at"),
  endReason: text("end_reason"),
}, (t) => [index("sessions_user").on(t.userId, t.createdAt), index("sessions_expiry").on(t.expiresAt)]);

export const apiKeys = sqliteTable(
  "api_keys",
  {
    id: id(),
    workspaceId: workspaceId().references(() => workspaces.id, { onDelete: "cascade" }),
    userId: text("user_id").notNull(),
    name: text("name").notNull(),
    /** The first characters, shown in lists. */
    prefix: text("prefix").notNull(),
    /** SHA-256 of the whole key, hex: keys carry 256 random bits, so no slow hash is needed. */
    keyHash: text("key_hash").notNull(),
    scopes: text("scopes", { mode: "json" }).$type<Scope[]>().notNull(),
    expiresAt: at("expires_at"),
    lastUsedAt: at("last_used_at"),
    revokedAt: at("revoked_at"),
    createdAt: createdAt(),
  },
  (
    t,
  ) => [
    uniqueIndex("api_keys_hash").on(t.keyHash),
    index("api_keys_workspace").on(t.workspaceId, t.createdAt),
  ],
);

/** Reset links and the like: hashed, expiring, used once. */
export const oneTimeTokens = sqliteTable("one_time_tokens", {
  id: id(),
  userId: text("user_id").notNull().references(() => users.id, { onDelete: "cascade" }),
  purpose: text("purpose").$type<"password_reset">().notNull(),
  tokenHash: text("token_hash").notNull(),
  expiresAt: at("expires_at").notNull(),
  usedAt: at("used_at"),
  createdAt: createdAt(),
}, (t) => [uniqueIndex("one_time_tokens_hash").on(t.tokenHash), index("one_time_tokens_user").on(t.userId)]);
