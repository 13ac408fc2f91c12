import type { Ctx } from "../context.ts";
import { nullIfGone } from "../kernel/errors.ts";
import { DONE_STATES, getTicket, listTickets, ticketAt } from "../tickets/mod.ts";
import type { LiveEvent } from "../ports/live.ts";
import { type Json, recordIn } from "./facts.ts";

/** A ticket as it is now; null: it is not there. */
export async function ticketNow(ctx: Ctx, ticketId: string): Promise<Json | null> {
  const ticket = await nullIfGone(getTicket(ctx, { ticketId }));
  return ticket === null ? null : { ...ticket };
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

/** A ticket as it was then; null: it is not there, or was not yet. */
export async function ticketThen(
  ctx: Ctx,
  then: { ticketId: string; time: number },
): Promise<Json | null> {
  const ticket = await ticketAt(ctx, then);
  return ticket === null ? null : { ...ticket };
}

/** Tickets of one conversation that are looked through for the one that was live. */
const OF_TALK = 20;

/** The ticket of a conversation that was live then. */
export async function ticketOfTalkThen(
  ctx: Ctx,
  { conversationId, time }: { conversationId: string | null; time: number },
): Promise<Json | null> {
  if (conversationId === null) return null;
  const { data } = await listTickets(ctx, { conversation_id: conversationId, limit: OF_TALK });
  for (const { id: ticketId } of data) {
    const then = await ticketAt(ctx, { ticketId, time });
    if (then !== null && !DONE_STATES.some((state) => state === then.state)) return { ...then };
  }
  return null;
}

/** The ticket of an event as it was then, however late the event comes. */
export async function ticketOfEvent(ctx: Ctx, event: LiveEvent): Promise<Json | null> {
  const { at: time, data, subjectId, conversationId } = event;
  const told = recordIn(data, "ticket");
  if (told !== null) return told;
  if (event.type.startsWith("sla.")) {
    const ticket = await ticketThen(ctx, { ticketId: subjectId, time });
    if (ticket === null || Date.parse(String(ticket["updated_at"])) <= time) return ticket;
    // No history says what was due then; the promise that this is about does.
    return { ...ticket, due_at: data["due_at"] ?? null };
  }
  if (event.type === "ticket.rated") return await ticketThen(ctx, { ticketId: subjectId, time });
  const about = recordIn(data, "visit") ?? recordIn(data, "call");
  if (about === null) return await ticketOfTalkThen(ctx, { conversationId, time });
  const { ticket_id: ticketId } = about;
  return typeof ticketId === "string" ? await ticketThen(ctx, { ticketId, time }) : null;
}
