import { z } from "zod";
import { type Authenticated, keyOf, type Place, userOf, visitor } from "./authenticate.ts";
import type { Ctx } from "../context.ts";
import type { Actor } from "../kernel/actors.ts";
import { MINUTE } from "../kernel/clock.ts";
import { AppError } from "../kernel/errors.ts";
import { newId, newSecret } from "../kernel/ids.ts";
import { sha256Hex } from "../kernel/text.ts";
import { insertLiveTicket, takeLiveTicket } from "./store-sessions.ts";

const TICKET_TTL_MS = MINUTE;

/** Who holds a ticket: what is needed to find out, when it is redeemed, what that somebody may do then. */
const holderSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("user"), sessionId: z.string() }),
  z.object({ kind: z.literal("api_key"), keyId: z.string() }),
  z.object({ kind: z.literal("visitor"), contactId: z.string(), channelAccountId: z.string() }),
]);

function holderOf(actor: Actor): z.output<typeof holderSchema> {
  if (actor.kind === "user" && actor.sessionId !== null) return { kind: "user", sessionId: actor.sessionId };
  if (actor.kind === "api_key") return { kind: "api_key", keyId: actor.id };
  if (actor.kind === "visitor") {
    return { kind: "visitor", contactId: actor.id, channelAccountId: actor.channelAccountId };
  }
  throw new AppError("unauthorized", "Sign in to open a live connection");
}

/** A ticket with which a browser opens SSE or a WebSocket, where it can't send a header: 60 s, one use. */
export async function issueLiveTicket(ctx: Ctx): Promise<{ ticket: string; expiresAt: number }> {
  const holder = holderOf(ctx.actor);
  const ticket = newSecret();
  const tokenHash = await sha256Hex(ticket);
  const expiresAt = ctx.now() + TICKET_TTL_MS;
  const row = { id: newId("liveTicket"), tokenHash, actor: holder, workspaceId: ctx.workspaceId, expiresAt };
  await ctx.transact((tx) => insertLiveTicket(tx, row));
  return { ticket, expiresAt };
}

/** Uses the ticket up. Throws `unauthorized` when it is unknown, used or too old, or its holder was signed out. */
export async function redeemLiveTicket(place: Place, ticket: string): Promise<Authenticated> {
  const row = await takeLiveTicket(
    { db: place.ports.database.db, ports: place.ports },
    await sha256Hex(ticket),
  );
  if (row === null || row.expiresAt <= place.ports.clock.now()) {
    throw new AppError("unauthorized", "The ticket is unknown, was used, or has expired: ask for a new one");
  }
  const { workspaceId } = row;
  const holder = holderSchema.parse(row.actor);
  if (holder.kind === "visitor") return visitor({ ...holder, workspaceId });
  if (holder.kind === "api_key") return await keyOf(place, holder.keyId);
  return await userOf(place, { sessionId: holder.sessionId, epoch: null, workspaceId });
}
