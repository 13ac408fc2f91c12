import { z } from "@hono/zod-openapi";
import {
  emailField,
  localeField,
  nameField,
  newPasswordField,
  passwordField,
  tokenField,
  usernameField,
} from "../../lib/identity/schemas.ts";
import { ROLE_NAMES } from "../../lib/kernel/scopes.ts";
import { orNull } from "../router.ts";

const ID = "usr_01kabcdefghjkmnpqrstvwxyz0";
const AT = "2026-01-05T09:30:00.000Z";

export const time = z.iso.datetime().openapi({ example: AT });
export const timeOrNull = z.iso.datetime().nullable().openapi({ example: AT });
export const email = emailField.meta({ example: "ana@example.com" });
export const username = usernameField.meta({ example: "ana" });
export const name = nameField.meta({ example: "Ana Ruiz" });
export const locale = localeField.meta({ example: "es" });
export const newPassword = newPasswordField.meta({ example: "un-camino-de-agua-7" });
export const password = passwordField.meta({ example: "un-camino-de-agua-7" });
export const oneTimeToken = tokenField.meta({ example: "Zk3v...", description: "From the mailed link" });
export const refreshToken = tokenField.meta({ example: "crt.ses_01kabcdefghjkmnpqrstvwxyz0.3.q8..." });
export const role = z.enum(ROLE_NAMES).openapi({ example: "owner" });

export const workspaceSchema = z.object({
  id: z.string().openapi({ example: "wsp_01kabcdefghjkmnpqrstvwxyz0" }),
  name: z.string().openapi({ example: "Panadería Ruiz" }),
  slug: z.string().openapi({ example: "panaderia-ruiz" }),
  plan: z.string().openapi({ example: "free" }),
  sample: z.boolean().openapi({ example: false, description: "Holds the sample business" }),
}).openapi("Workspace");

export const userSchema = z.object({
  id: z.string().openapi({ example: ID }),
  email: z.string().openapi({ example: "ana@example.com" }),
  username: z.string().openapi({ example: "ana" }),
  name: z.string().openapi({ example: "Ana Ruiz" }),
  locale: z.string().openapi({ example: "es" }),
  role: role.nullable().openapi({ description: "In the workspace; null: a member of none" }),
  plan: z.string().nullable().openapi({ example: "free", description: "Of the workspace" }),
  platform_admin: z.boolean().openapi({ example: false }),
  disabled: z.boolean().openapi({ example: false }),
  created_at: time,
  last_login_at: timeOrNull,
}).openapi("User");

export const profileSchema = userSchema.extend({
  workspace: orNull(workspaceSchema),
  scopes: z.array(z.string()).openapi({ example: ["conversations:read", "conversations:write"] }),
}).openapi("Profile");

export const tokensSchema = z.object({
  access_token: z.string().openapi({ example: "eyJhbGciOiJIUzI1NiJ9.e30.c2ln" }),
  refresh_token: z.string().openapi({ example: "crt.ses_01kabcdefghjkmnpqrstvwxyz0.0.q8..." }),
  token_type: z.literal("bearer").openapi({ example: "bearer" }),
  expires_in: z.number().int().openapi({
    example: 900,
    description: "Seconds that the access token is good for",
  }),
}).openapi("Tokens");

export const signedInSchema = tokensSchema.extend({
  user: userSchema,
  workspace: orNull(workspaceSchema),
}).openapi("SignedIn");

export const loginBody = z.object({
  username: z.string().max(320).optional().openapi({ example: "ana", description: "User name or e-mail" }),
  email: z.string().max(320).optional().openapi({ example: "ana@example.com" }),
  password,
}).transform((body, check) => {
  const login = body.username ?? body.email;
  if (login !== undefined && login.trim() !== "") return { login, password: body.password };
  check.addIssue({ code: "custom", path: ["username"], message: "give a user name or an e-mail" });
  return z.NEVER;
}).openapi("Login");

export const refreshBody = z.object({ refresh_token: refreshToken }).openapi("Refresh");
