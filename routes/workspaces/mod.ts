import type { z } from "@hono/zod-openapi";
import {
  acceptInvitation,
  changeMemberRole,
  createInvitation,
  currentWorkspace,
  type Invitation,
  listInvitations,
  listMembers,
  listWorkspaces,
  type Member,
  removeMember,
  renameWorkspace,
  revokeInvitation,
  type WorkspaceOfUser,
} from "../../lib/identity/mod.ts";
import { iso, isoOrNull } from "../../lib/kernel/clock.ts";
import { createRouter } from "../router.ts";
import * as contracts from "./contract.ts";

type Current = Omit<WorkspaceOfUser, "role">;

function toCurrentDto(
  { id, name, slug, plan, sample, createdAt }: Current,
): z.output<typeof contracts.currentSchema> {
  return { id, name, slug, plan, sample, created_at: iso(createdAt) };
}

function toMembershipDto(workspace: WorkspaceOfUser): z.output<typeof contracts.membershipSchema> {
  return { ...toCurrentDto(workspace), role: workspace.role };
}

function toMemberDto(member: Member): z.output<typeof contracts.memberSchema> {
  const { userId, email, username, name, role, disabledAt, lastLoginAt, joinedAt } = member;
  return {
    user_id: userId,
    email,
    username,
    name,
    role,
    disabled: disabledAt !== null,
    last_login_at: isoOrNull(lastLoginAt),
    joined_at: iso(joinedAt),
  };
}

function toInvitationDto(invitation: Invitation): z.output<typeof contracts.invitationSchema> {
  const { id, email, role, invitedBy, expiresAt, createdAt } = invitation;
  return { id, email, role, invited_by: invitedBy, expires_at: iso(expiresAt), created_at: iso(createdAt) };
}

export const workspaces = createRouter()
  .openapi(
    contracts.listWorkspacesRoute,
    async (c) =>
      c.json({ data: (await listWorkspaces(c.var.ctx)).map(toMembershipDto), next_cursor: null }, 200),
  )
  .openapi(
    contracts.currentWorkspaceRoute,
    async (c) => c.json(toCurrentDto(await currentWorkspace(c.var.ctx)), 200),
  )
  .openapi(
    contracts.renameWorkspaceRoute,
    async (c) => c.json(toCurrentDto(await renameWorkspace(c.var.ctx, c.req.valid("json"))), 200),
  )
  .openapi(contracts.listMembersRoute, async (c) => {
    const { data, next_cursor } = await listMembers(c.var.ctx, c.req.valid("query"));
    return c.json({ data: data.map(toMemberDto), next_cursor }, 200);
  })
  .openapi(contracts.changeMemberRoute, async (c) => {
    const { user_id: userId } = c.req.valid("param");
    return c.json(
      toMemberDto(await changeMemberRole(c.var.ctx, { userId, role: c.req.valid("json").role })),
      200,
    );
  })
  .openapi(contracts.removeMemberRoute, async (c) => {
    await removeMember(c.var.ctx, c.req.valid("param").user_id);
    return c.body(null, 204);
  })
  .openapi(contracts.listInvitationsRoute, async (c) => {
    const { data, next_cursor } = await listInvitations(c.var.ctx, c.req.valid("query"));
    return c.json({ data: data.map(toInvitationDto), next_cursor }, 200);
  })
  .openapi(contracts.createInvitationRoute, async (c) => {
    const { token, link, mailed, ...invitation } = await createInvitation(c.var.ctx, c.req.valid("json"));
    return c.json({ ...toInvitationDto(invitation), token, link, mailed }, 201);
  })
  .openapi(contracts.revokeInvitationRoute, async (c) => {
    await revokeInvitation(c.var.ctx, c.req.valid("param").id);
    return c.body(null, 204);
  })
  .openapi(
    contracts.acceptInvitationRoute,
    async (c) => c.json(toMembershipDto(await acceptInvitation(c.var.ctx, c.req.valid("json"))), 200),
  );
