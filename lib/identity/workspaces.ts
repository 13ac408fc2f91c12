import { audit } from "../audit/mod.ts";
import type { Ctx } from "../context.ts";
import { emit } from "../events/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { notFound } from "../kernel/errors.ts";
import { requireUser } from "./policy.ts";
import { selectWorkspacesOfUser, type WorkspaceOfUser } from "./store-members.ts";
import { renameWorkspaceRow, selectWorkspace, selectWorkspaceBySlug, type WorkspaceRow } from "./store.ts";

export type { WorkspaceOfUser } from "./store-members.ts";

/** The workspaces that the user is a member of; `X-Workspace-Id` chooses among them. */
export async function listWorkspaces(ctx: Ctx): Promise<WorkspaceOfUser[]> {
  return await selectWorkspacesOfUser(ctx, requireUser(ctx).id);
}

/** The workspace acted in. */
export async function currentWorkspace(ctx: Ctx): Promise<WorkspaceRow> {
  requireScope(ctx, "workspace:read");
  const row = await selectWorkspace(ctx, ctx.workspaceId);
  if (row === null) throw notFound("workspace", ctx.workspaceId);
  return row;
}

export async function renameWorkspace(ctx: Ctx, { name }: { name: string }): Promise<WorkspaceRow> {
  requireScope(ctx, "workspace:write");
  await ctx.transact(async (tx) => {
    await renameWorkspaceRow(tx, name);
    await emit(tx, { type: "workspace.renamed", subjectId: tx.workspaceId, data: { name } });
    await audit(tx, { action: "workspace.rename", subjectId: tx.workspaceId, detail: { name } });
  });
  return await currentWorkspace(ctx);
}

/** The id of the workspace that the first start made; null before. For surfaces that name none, such as the CLI. */
export async function defaultWorkspaceId(ctx: Ctx): Promise<string | null> {
  return (await selectWorkspaceBySlug(ctx, DEFAULT_SLUG))?.id ?? null;
}

export const DEFAULT_SLUG = "default";

/** The id of the workspace with this id or slug. Throws 404. For the platform's own surfaces. */
export async function findWorkspace(ctx: Ctx, idOrSlug: string): Promise<string> {
  requireScope(ctx, "platform:read");
  const row = await selectWorkspace(ctx, idOrSlug) ?? await selectWorkspaceBySlug(ctx, idOrSlug);
  if (row === null) throw notFound("workspace", idOrSlug);
  return row.id;
}
