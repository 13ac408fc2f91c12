import { z } from "zod";
import { audit } from "../audit/mod.ts";
import type { Ctx, Tx } from "../context.ts";
import { emit } from "../events/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { iso } from "../kernel/clock.ts";
import { invalid, notFound, there } from "../kernel/errors.ts";
import { loadTicket } from "./load.ts";
import { namedTalk } from "./named.ts";
import { idField } from "./schemas.ts";
import { selectTicket } from "./store.ts";
import { deleteLink, insertLink, type LinkKind, type LinkRow, selectLinks } from "./store-links.ts";

export interface LinkView {
  readonly kind: LinkKind;
  readonly id: string;
  readonly relation: string;
  readonly created_at: string;
}

const linkView = ({ kind, targetId, relation, createdAt }: LinkRow): LinkView => ({
  kind,
  id: targetId,
  relation,
  created_at: iso(createdAt),
});

/** What a person may link; calls and visits link themselves. */
export const newLink = z.object({
  kind: z.enum(["ticket", "conversation"]).meta({ example: "ticket" }),
  id: idField.meta({ example: "tkt_01kabcdefghjkmnpqrstvwxyz0" }),
});
export type NewLink = z.input<typeof newLink>;

export async function listLinks(ctx: Ctx, { ticketId }: { ticketId: string }): Promise<{ data: LinkView[] }> {
  requireScope(ctx, "tickets:read");
  await loadTicket(ctx, ticketId);
  return { data: (await selectLinks(ctx, ticketId)).map(linkView) };
}

/** Says that another ticket, or a conversation, belongs to the matter. Throws 404, 422. */
export async function addLink(
  ctx: Ctx,
  { ticketId, ...given }: NewLink & { ticketId: string },
): Promise<{ data: LinkView[] }> {
  requireScope(ctx, "tickets:write");
  const { kind, id } = newLink.parse(given);
  return await ctx.transact(async (tx) => {
    await loadTicket(tx, ticketId);
    if (kind === "conversation") await namedTalk(tx, id, "id");
    else there("id", await selectTicket(tx, id));
    if (id === ticketId) throw invalid("id", "is the ticket itself");
    await linkTicket(tx, { ticketId, kind, targetId: id, relation: "related" });
    await audit(tx, { action: "ticket.link", subjectId: ticketId, detail: { kind, id } });
    return { data: (await selectLinks(tx, ticketId)).map(linkView) };
  });
}

/** Of two tickets both ways. Throws 404 for a link that is not there. */
export async function removeLink(
  ctx: Ctx,
  { ticketId, targetId }: { ticketId: string; targetId: string },
): Promise<void> {
  requireScope(ctx, "tickets:write");
  await ctx.transact(async (tx) => {
    await loadTicket(tx, ticketId);
    if (!await deleteLink(tx, { ticketId, targetId })) throw notFound("link", targetId);
    await deleteLink(tx, { ticketId: targetId, targetId: ticketId });
    await audit(tx, { action: "ticket.unlink", subjectId: ticketId, detail: { id: targetId } });
  });
}

/**
 * Links in the caller's transaction, for domains that know what they link (a call, a visit). Two tickets are linked
 * both ways. Throws 404 for a ticket that is not there.
 */
export async function linkTicket(
  tx: Tx,
  link: Pick<LinkRow, "ticketId" | "kind" | "targetId" | "relation">,
): Promise<void> {
  await loadTicket(tx, link.ticketId);
  await insertLink(tx, link);
  if (link.kind === "ticket") {
    await insertLink(tx, { ...link, ticketId: link.targetId, targetId: link.ticketId });
  }
  const data = { kind: link.kind, id: link.targetId, relation: link.relation };
  await emit(tx, { type: "ticket.linked", subjectId: link.ticketId, data });
}
