import { audit } from "../audit/mod.ts";
import type { Tx } from "../context.ts";
import { emit } from "../events/mod.ts";
import type { Actor } from "../kernel/actors.ts";
import { AppError } from "../kernel/errors.ts";
import { forgetUser } from "./sessions.ts";
import { countOtherMembers, insertMembership, type WorkspaceOfUser } from "./store-members.ts";
import { selectHeir } from "./store.ts";

/** Gives the workspaces that only this user is in to an admin of the platform. */
export async function handOver(
  tx: Tx,
  { userId, workspaces }: { userId: string; workspaces: readonly WorkspaceOfUser[] },
): Promise<void> {
  const alone: string[] = [];
  for (const { id } of workspaces) {
    if (await countOtherMembers(tx.as({ workspaceId: id }), userId) === 0) alone.push(id);
  }
  if (alone.length === 0) return;
  const heir = await selectHeir(tx, { except: userId, first: personOf(tx.actor) });
  if (heir === null) {
    throw new AppError("conflict", "There is no admin to whom the user's workspace could go");
  }
  for (const workspaceId of alone) {
    const inside = tx.as({ workspaceId });
    await insertMembership(inside, { userId: heir, role: "owner" });
    await emit(inside, { type: "member.joined", subjectId: heir, data: { role: "owner" } });
    await audit(inside, {
      action: "workspace.hand_over",
      subjectId: workspaceId,
      detail: { from: userId, to: heir },
    });
  }
  forgetUser(tx, heir);
}

function personOf(actor: Actor): string | null {
  if (actor.kind === "user") return actor.id;
  return actor.kind === "api_key" ? actor.ownerId : null;
}
