import type { Ctx } from "../context.ts";
import { type Actor, systemActor } from "../kernel/actors.ts";
import { AppError } from "../kernel/errors.ts";
import { isRole, scopesOfKey, scopesOfUser } from "./policy.ts";
import { selectKeyById } from "./store-keys.ts";
import { selectMember } from "./store-members.ts";

const SYSTEM = "system:";

/**
 * Who asked for something, from `kind:id` as it was written down then, with what they may do in the workspace now;
 * never what only the platform's admin may. Throws 403 for who may no longer act there.
 */
export async function actorFrom(ctx: Ctx, written: string): Promise<Actor> {
  const [kind = "", ...rest] = written.split(":");
  const id = rest.join(":");
  if (kind === "user") return await memberActor(ctx, id);
  if (kind === "api_key") return await keyActor(ctx, id);
  if (kind === "system") return systemActor(id.startsWith(SYSTEM) ? id.slice(SYSTEM.length) : id);
  throw new AppError("forbidden", `"${kind}" can't act here`);
}

async function memberActor(ctx: Ctx, id: string): Promise<Actor> {
  const member = await selectMember(ctx, id);
  if (member === null) throw new AppError("forbidden", `${id} is no member of the workspace any more`);
  if (member.disabledAt !== null) throw new AppError("account_disabled", `The account of ${id} is disabled`);
  const { role } = member;
  return { kind: "user", id, role, sessionId: null, platformAdmin: false, scopes: scopesOfUser(role, false) };
}

async function keyActor(ctx: Ctx, id: string): Promise<Actor> {
  const key = await selectKeyById(ctx, id);
  const valid = key !== null && key.workspaceId === ctx.workspaceId && key.revokedAt === null &&
    key.disabledAt === null && isRole(key.role) && (key.expiresAt === null || key.expiresAt > ctx.now());
  if (!valid || !isRole(key.role)) throw new AppError("forbidden", `The API key ${id} is not valid any more`);
  return {
    kind: "api_key",
    id,
    ownerId: key.userId,
    scopes: scopesOfKey(key.scopes, scopesOfUser(key.role, false)),
  };
}
