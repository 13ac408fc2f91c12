import type { Ctx, Tx } from "../context.ts";
import { audit } from "../audit/mod.ts";
import { findMembers } from "../identity/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { AppError, invalid } from "../kernel/errors.ts";
import { loadTicket } from "./load.ts";
import { deleteWatcher, insertWatchers, selectWatchers } from "./store-watchers.ts";

export interface Watch {
  readonly ticketId: string;
  /** A member of the workspace; left out: whoever calls. */
  readonly userId?: string | undefined;
}

export interface Watchers {
  readonly ticket_id: string;
  readonly user_ids: string[];
}

export async function listWatchers(ctx: Ctx, { ticketId }: Pick<Watch, "ticketId">): Promise<Watchers> {
  requireScope(ctx, "tickets:read");
  await loadTicket(ctx, ticketId);
  return { ticket_id: ticketId, user_ids: await selectWatchers(ctx, ticketId) };
}

/** From now on the user is told of what happens to the ticket. Throws 404, 422 for one who is no member. */
export async function watchTicket(ctx: Ctx, watch: Watch): Promise<Watchers> {
  return await change(ctx, { ...watch, verb: "watch" }, async (tx, userId) => {
    const [member] = await findMembers(tx, { ids: [userId] });
    if (member === undefined) throw invalid("user_id", "is no member of this workspace");
    await insertWatchers(tx, { ticketId: watch.ticketId, userIds: [userId] });
  });
}

export async function unwatchTicket(ctx: Ctx, watch: Watch): Promise<Watchers> {
  return await change(
    ctx,
    { ...watch, verb: "unwatch" },
    (tx, userId) => deleteWatcher(tx, { ticketId: watch.ticketId, userId }),
  );
}

async function change(
  ctx: Ctx,
  { ticketId, userId, verb }: Watch & { verb: "watch" | "unwatch" },
  write: (tx: Tx, userId: string) => Promise<void>,
): Promise<Watchers> {
  requireScope(ctx, "tickets:write");
  return await ctx.transact(async (tx) => {
    await loadTicket(tx, ticketId);
    const who = userId ?? ownId(ctx);
    await write(tx, who);
    await audit(tx, { action: `ticket.${verb}`, subjectId: ticketId, detail: { user_id: who } });
    return { ticket_id: ticketId, user_ids: await selectWatchers(tx, ticketId) };
  });
}

function ownId({ actor }: Ctx): string {
  if (actor.kind === "user") return actor.id;
  if (actor.kind === "api_key") return actor.ownerId;
  throw new AppError("validation_failed", "user_id: say who watches", {
    errors: [{ path: "user_id", message: "say who watches" }],
  });
}
