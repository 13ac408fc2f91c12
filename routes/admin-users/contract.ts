import { z } from "@hono/zod-openapi";
import {
  email,
  locale,
  name,
  newPassword,
  role,
  username,
  userSchema,
  workspaceSchema,
} from "../auth/schemas.ts";
import { contract, idParam, jsonAnswer, jsonBody, orNull, pageOf, pageQuery, problems } from "../router.ts";

const tags = ["Administration"];

export const adminUserSchema = userSchema.extend({ workspace: orNull(workspaceSchema) }).openapi(
  "AdminUser",
);
const user = jsonAnswer(adminUserSchema, "The user as it is now");
const workspaceId = z.string().max(64).openapi({ example: "wsp_01kabcdefghjkmnpqrstvwxyz0" });

export const listUsersRoute = contract({
  method: "get",
  path: "/api/admin/users",
  operationId: "listUsers",
  summary: "Every user of the platform, in the order of joining",
  tags,
  scope: "platform:read",
  request: {
    query: pageQuery.extend({
      search: z.string().max(100).optional().openapi({
        example: "ana",
        description: "In e-mail, user name or name",
      }),
    }),
  },
  responses: { 200: jsonAnswer(pageOf(adminUserSchema), "A page of users") },
});

export const createUserRoute = contract({
  method: "post",
  path: "/api/admin/users",
  operationId: "createUser",
  summary: "Create a user, in a workspace or with one of their own",
  tags,
  scope: "platform:write",
  request: {
    body: jsonBody(z.object({
      email,
      username: username.optional(),
      name: name.optional(),
      locale: locale.optional(),
      password: newPassword.optional().openapi({
        description: "Without one the user sets it by a reset link",
      }),
      workspace_id: workspaceId.optional(),
      role: role.optional().openapi({ description: "In workspace_id; member when left out" }),
      platform_admin: z.boolean().optional().openapi({ example: false }),
    })),
  },
  responses: { 201: jsonAnswer(adminUserSchema, "Created"), ...problems("conflict", "not_found") },
});

export const changeUserRoute = contract({
  method: "patch",
  path: "/api/admin/users/{id}",
  operationId: "changeUser",
  summary: "Change a user's role, standing or sessions; takes effect at once",
  tags,
  scope: "platform:write",
  request: {
    params: idParam,
    body: jsonBody(z.object({
      role: role.optional(),
      workspace_id: workspaceId.optional().openapi({
        description: "Where the role changes; the first joined when left out",
      }),
      platform_admin: z.boolean().optional().openapi({ example: false }),
      disabled: z.boolean().optional().openapi({ example: true }),
      end_sessions: z.boolean().optional().openapi({ example: true }),
      name: name.optional(),
      email: email.optional(),
      username: username.optional(),
    })),
  },
  responses: { 200: user, ...problems("not_found", "conflict") },
});

export const deleteUserRoute = contract({
  method: "delete",
  path: "/api/admin/users/{id}",
  operationId: "deleteUser",
  summary: "Delete a user with sessions, memberships and API keys",
  tags,
  scope: "platform:write",
  request: { params: idParam },
  responses: { 204: { description: "Done" }, ...problems("not_found", "conflict") },
});
