import type { z } from "@hono/zod-openapi";
import { changeUser, createUser, deleteUser, listUsers, type Profile } from "../../lib/identity/mod.ts";
import { toUserDto } from "../auth/present.ts";
import { createRouter } from "../router.ts";
import * as contracts from "./contract.ts";

function toAdminUserDto(profile: Profile): z.output<typeof contracts.adminUserSchema> {
  return { ...toUserDto(profile), workspace: profile.workspace };
}

export const adminUsers = createRouter()
  .openapi(contracts.listUsersRoute, async (c) => {
    const { data, next_cursor } = await listUsers(c.var.ctx, c.req.valid("query"));
    return c.json({ data: data.map(toAdminUserDto), next_cursor }, 200);
  })
  .openapi(contracts.createUserRoute, async (c) => {
    const { workspace_id: workspaceId, platform_admin: platformAdmin, ...user } = c.req.valid("json");
    return c.json(toAdminUserDto(await createUser(c.var.ctx, { ...user, workspaceId, platformAdmin })), 201);
  })
  .openapi(contracts.changeUserRoute, async (c) => {
    const { workspace_id: workspaceId, platform_admin: platformAdmin, end_sessions: endSessions, ...rest } = c
      .req.valid("json");
    const { id } = c.req.valid("param");
    const change = { ...rest, workspaceId, platformAdmin, endSessions };
    return c.json(toAdminUserDto(await changeUser(c.var.ctx, { id, change })), 200);
  })
  .openapi(contracts.deleteUserRoute, async (c) => {
    await deleteUser(c.var.ctx, c.req.valid("param").id);
    return c.body(null, 204);
  });
