import { z } from "zod";
import type { Ctx } from "../context.ts";
import { isoOrNull } from "../kernel/clock.ts";
import { defineTool, type Tool } from "../kernel/define-tool.ts";
import { notFound } from "../kernel/errors.ts";
import { page } from "../kernel/tool-shapes.ts";
import { changeUser, createUser, listUsers } from "./admin.ts";
import { type ApiKey, createApiKey, listApiKeys, revokeApiKey } from "./api-keys.ts";
import type { Profile } from "./me.ts";
import { makeResetLink } from "./reset-password.ts";
import { emailField, nameField, newPasswordField, roleField, scopeField, usernameField } from "./schemas.ts";
import { selectUserByLogin } from "./store.ts";

const userOut = z.object({
  id: z.string(),
  email: z.string(),
  username: z.string(),
  name: z.string(),
  role: z.string().nullable(),
  platform_admin: z.boolean(),
  disabled: z.boolean(),
  workspace_id: z.string().nullable(),
});
const keyOut = z.object({
  id: z.string(),
  name: z.string(),
  prefix: z.string(),
  scopes: z.array(z.string()),
  expires_at: z.string().nullable(),
  last_used_at: z.string().nullable(),
});
const who = z.object({ user: z.string().min(1).describe("Id, e-mail or user name") });

function toUserOut(profile: Profile): z.output<typeof userOut> {
  const { id, email, username, name, role, platformAdmin, disabledAt, workspace } = profile;
  return {
    id,
    email,
    username,
    name,
    role,
    platform_admin: platformAdmin,
    disabled: disabledAt !== null,
    workspace_id: workspace?.id ?? null,
  };
}

function toKeyOut({ id, name, prefix, scopes, expiresAt, lastUsedAt }: ApiKey): z.output<typeof keyOut> {
  return {
    id,
    name,
    prefix,
    scopes: [...scopes],
    expires_at: isoOrNull(expiresAt),
    last_used_at: isoOrNull(lastUsedAt),
  };
}

async function idOf(ctx: Ctx, user: string): Promise<string> {
  if (user.startsWith("usr_")) return user;
  const row = await selectUserByLogin(ctx, user.toLowerCase());
  if (row === null) throw notFound("user", user);
  return row.id;
}

/** What an agent or an operator at the command line can do here. */
export const identityTools: readonly Tool<Ctx>[] = [
  defineTool({
    name: "users.list",
    summary: "List the platform's users",
    scope: "platform:read",
    destructive: false,
    input: z.object({ ...page.shape, search: z.string().max(100).optional() }),
    output: z.object({ data: z.array(userOut), next_cursor: z.string().nullable() }),
    run: async (ctx: Ctx, input) => {
      const { data, next_cursor } = await listUsers(ctx, input);
      return { data: data.map(toUserOut), next_cursor };
    },
  }),
  defineTool({
    name: "users.create",
    summary: "Create a user, in a workspace or with one of their own",
    scope: "platform:write",
    destructive: false,
    secret: true,
    input: z.object({
      email: emailField,
      username: usernameField.optional(),
      name: nameField.optional(),
      password: newPasswordField.optional().describe("Without one, hand over a link of users.reset_link"),
      workspace_id: z.string().optional(),
      role: roleField.optional(),
      platform_admin: z.boolean().default(false),
    }),
    output: userOut,
    run: async (ctx: Ctx, { workspace_id: workspaceId, platform_admin: platformAdmin, ...user }) =>
      toUserOut(await createUser(ctx, { ...user, workspaceId, platformAdmin })),
  }),
  defineTool({
    name: "users.disable",
    summary: "Disable a user: sessions end and API keys stop at once",
    scope: "platform:write",
    destructive: false,
    input: who,
    output: userOut,
    run: async (ctx: Ctx, { user }) =>
      toUserOut(await changeUser(ctx, { id: await idOf(ctx, user), change: { disabled: true } })),
  }),
  defineTool({
    name: "users.enable",
    summary: "Enable a disabled user",
    scope: "platform:write",
    destructive: false,
    input: who,
    output: userOut,
    run: async (ctx: Ctx, { user }) =>
      toUserOut(await changeUser(ctx, { id: await idOf(ctx, user), change: { disabled: false } })),
  }),
  defineTool({
    name: "users.reset_link",
    summary: "Make a link with which a user sets a new password within the hour",
    scope: "platform:write",
    destructive: false,
    secret: true,
    input: who,
    output: z.object({ link: z.string(), expires_at: z.string().nullable() }),
    run: async (ctx: Ctx, { user }) => {
      const { link, expiresAt } = await makeResetLink(ctx, await idOf(ctx, user));
      return { link, expires_at: isoOrNull(expiresAt) };
    },
  }),
  defineTool({
    name: "keys.create",
    summary: "Create an API key of the workspace; it is shown this once",
    scope: "api_keys:write",
    destructive: false,
    secret: true,
    input: z.object({
      name: nameField,
      scopes: z.array(scopeField).min(1).optional(),
      expires_in_days: z.int().min(1).max(3650).optional(),
    }),
    output: keyOut.extend({ key: z.string() }),
    run: async (ctx: Ctx, { name, scopes, expires_in_days: days }) => {
      const expiresAt = days === undefined ? null : ctx.now() + days * 86_400_000;
      const made = await createApiKey(ctx, { name, scopes, expiresAt });
      return { ...toKeyOut(made), key: made.secret };
    },
  }),
  defineTool({
    name: "keys.list",
    summary: "List the workspace's API keys",
    scope: "api_keys:read",
    destructive: false,
    input: page,
    output: z.object({ data: z.array(keyOut), next_cursor: z.string().nullable() }),
    run: async (ctx: Ctx, input) => {
      const { data, next_cursor } = await listApiKeys(ctx, input);
      return { data: data.map(toKeyOut), next_cursor };
    },
  }),
  defineTool({
    name: "keys.revoke",
    summary: "Revoke an API key",
    scope: "api_keys:write",
    destructive: true,
    input: z.object({ id: z.string() }),
    output: z.object({ revoked: z.string() }),
    run: async (ctx: Ctx, { id }) => {
      await revokeApiKey(ctx, id);
      return { revoked: id };
    },
  }),
];
