import { z } from "@hono/zod-openapi";
import { email, name, oneTimeToken, role, time, timeOrNull, workspaceSchema } from "../auth/schemas.ts";
import { listContract } from "../lists.ts";
import { contract, idParam, jsonAnswer, jsonBody, pageOf, problems } from "../router.ts";

const tags = ["Workspaces"];
const done = { 204: { description: "Done" } } as const;
const userParam = z.object({
  user_id: z.string().min(1).max(64).openapi({
    param: { name: "user_id", in: "path" },
    example: "usr_01kabcdefghjkmnpqrstvwxyz0",
  }),
});

export const membershipSchema = workspaceSchema.extend({ role, created_at: time }).openapi("WorkspaceOfUser");
export const currentSchema = workspaceSchema.extend({ created_at: time }).openapi("CurrentWorkspace");

export const memberSchema = z.object({
  user_id: z.string().openapi({ example: "usr_01kabcdefghjkmnpqrstvwxyz0" }),
  email: z.string().openapi({ example: "ana@example.com" }),
  username: z.string().openapi({ example: "ana" }),
  name: z.string().openapi({ example: "Ana Ruiz" }),
  role,
  disabled: z.boolean().openapi({ example: false }),
  last_login_at: timeOrNull,
  joined_at: time,
}).openapi("Member");

export const invitationSchema = z.object({
  id: z.string().openapi({ example: "inv_01kabcdefghjkmnpqrstvwxyz0" }),
  email: z.string().openapi({ example: "luis@example.com" }),
  role,
  invited_by: z.string().openapi({ example: "usr_01kabcdefghjkmnpqrstvwxyz0" }),
  expires_at: time,
  created_at: time,
}).openapi("Invitation");

export const listWorkspacesRoute = contract({
  method: "get",
  path: "/api/workspaces",
  operationId: "listWorkspaces",
  summary: "The caller's workspaces; X-Workspace-Id chooses among them",
  tags,
  scope: "signed_in",
  responses: { 200: jsonAnswer(pageOf(membershipSchema), "All of them, the first joined first") },
});

export const currentWorkspaceRoute = contract({
  method: "get",
  path: "/api/workspaces/current",
  operationId: "currentWorkspace",
  summary: "The workspace that this credential acts in",
  tags,
  scope: "workspace:read",
  responses: { 200: jsonAnswer(currentSchema, "The workspace"), ...problems("not_found") },
});

export const renameWorkspaceRoute = contract({
  method: "patch",
  path: "/api/workspaces/current",
  operationId: "renameWorkspace",
  summary: "Rename the workspace",
  tags,
  scope: "workspace:write",
  request: { body: jsonBody(z.object({ name })) },
  responses: { 200: jsonAnswer(currentSchema, "As it is now"), ...problems("not_found") },
});

export const listMembersRoute = listContract({
  path: "/api/workspaces/current/members",
  operationId: "listMembers",
  summary: "Who works in the workspace",
  tags,
  scope: "members:read",
  query: {},
  item: memberSchema,
  page: "A page of members, in the order of joining",
});

export const changeMemberRoute = contract({
  method: "patch",
  path: "/api/workspaces/current/members/{user_id}",
  operationId: "changeMemberRole",
  summary: "Change a member's role; takes effect with the member's next request",
  tags,
  scope: "members:write",
  request: { params: userParam, body: jsonBody(z.object({ role })) },
  responses: { 200: jsonAnswer(memberSchema, "As it is now"), ...problems("not_found", "conflict") },
});

export const removeMemberRoute = contract({
  method: "delete",
  path: "/api/workspaces/current/members/{user_id}",
  operationId: "removeMember",
  summary: "Remove a member; with one's own id, leave",
  tags,
  scope: "signed_in",
  request: { params: userParam },
  responses: { ...done, ...problems("not_found", "conflict") },
});

export const listInvitationsRoute = listContract({
  path: "/api/workspaces/current/invitations",
  operationId: "listInvitations",
  summary: "Invitations that nobody has accepted yet",
  tags,
  scope: "members:read",
  query: {},
  item: invitationSchema,
  page: "A page of invitations, newest first",
});

export const createInvitationRoute = contract({
  method: "post",
  path: "/api/workspaces/current/invitations",
  operationId: "createInvitation",
  summary: "Invite an address; the link is mailed and shown this once",
  tags,
  scope: "members:write",
  request: { body: jsonBody(z.object({ email, role })) },
  responses: {
    201: jsonAnswer(
      invitationSchema.extend({
        token: z.string().openapi({ example: "Zk3v..." }),
        link: z.string().openapi({ example: "https://example.com/inbox#invitation=Zk3v..." }),
        mailed: z.boolean().openapi({
          example: true,
          description: "False: mail is not configured, hand the link over",
        }),
      }).openapi("NewInvitation"),
      "Invited",
    ),
    ...problems("conflict"),
  },
});

export const revokeInvitationRoute = contract({
  method: "delete",
  path: "/api/workspaces/current/invitations/{id}",
  operationId: "revokeInvitation",
  summary: "Withdraw an invitation",
  tags,
  scope: "members:write",
  request: { params: idParam },
  responses: { ...done, ...problems("not_found") },
});

export const acceptInvitationRoute = contract({
  method: "post",
  path: "/api/invitations/accept",
  operationId: "acceptInvitation",
  summary: "Join the inviting workspace as the signed-in user",
  tags,
  scope: "signed_in",
  request: { body: jsonBody(z.object({ token: oneTimeToken })) },
  responses: { 200: jsonAnswer(membershipSchema, "Joined"), ...problems("gone", "conflict") },
});
