import type { Ctx } from "../context.ts";
import { AppError } from "../kernel/errors.ts";
import { getTicket, listTickets } from "../tickets/mod.ts";
import type { Json } from "./facts.ts";

/** A ticket as it is now; null: it is not there. */
export async function ticketNow(ctx: Ctx, ticketId: string): Promise<Json | null> {
  try {
    return { ...await getTicket(ctx, { ticketId }) };
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.code === "not_found") return null;
    throw thrown;
  }
}

/** The live ticket of a conversation. */
export async function ticketOfTalk(ctx: Ctx, conversationId: string | null): Promise<Json | null> {
  if (conversationId === null) return null;
  const { data: [ticket] } = await listTickets(ctx, {
    conversation_id: conversationId,
    state: "live",
    limit: 1,
  });
  return ticket === undefined ? null : { ...ticket };
}
