import { findClient } from "../clients/mod.ts";
import type { Ctx, Tx } from "../context.ts";
import { loadBusiness, localeOf } from "../conversations/mod.ts";
import { emit } from "../events/mod.ts";
import { enqueue } from "../jobs/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { findContactName } from "./names.ts";
import { linkTicket, openTicket, presentContact, stillThere } from "../tickets/mod.ts";
import { callMissed } from "./jobs.ts";
import { MISSED_AFTER_MS } from "./policy.ts";
import { callView } from "./present.ts";
import { type CallRow, selectCall, selectCallSettings, updateCall } from "./store.ts";

/** Sets the timer of a call that came in and nobody answered, as far as is known. */
export async function awaitMissed(tx: Tx, call: CallRow): Promise<void> {
  if (call.state !== "missed" || call.missedToldAt !== null) return;
  await enqueue(tx, callMissed, { callId: call.id }, { delayMs: MISSED_AFTER_MS });
}

/** Tells that a call was missed, once, and opens a ticket where the workspace wants that. */
export async function tellMissed(ctx: Ctx, { callId }: { callId: string }): Promise<void> {
  requireScope(ctx, "calls:write");
  await ctx.transact(async (tx) => {
    const call = await selectCall(tx, callId);
    if (call === null || call.state !== "missed" || call.missedToldAt !== null) return;
    const settings = await selectCallSettings(tx);
    const wanted = settings?.ticketOnMissed === true && call.ticketId === null;
    const ticketId = wanted ? await open(tx, call) : call.ticketId;
    await updateCall(tx, callId, { missedToldAt: tx.now(), ticketId, updatedAt: tx.now() });
    await emit(tx, {
      type: "call.missed",
      subjectId: callId,
      data: {
        call_id: callId,
        client_id: call.clientId,
        contact_id: call.contactId,
        ticket_id: ticketId,
        call: callView({ ...call, ticketId }),
      },
    });
  });
}

/** In the language of the business. */
const SUBJECT = { es: "Llamada perdida", en: "Missed call" } as const;

async function open(tx: Tx, call: CallRow): Promise<string> {
  const who = await findContactName(tx, call) ?? call.phone ?? "?";
  const said = SUBJECT[localeOf([], (await loadBusiness(tx)).languages)];
  const { id } = await openTicket(tx, {
    subject: `${said}: ${who}`,
    description: [call.phone, call.line].filter((one) => one !== null).join(" → "),
    source: "phone",
    // Whoever was erased or removed since the call rang is nobody to open it for.
    contact_id: await stillThere(tx, call.contactId, presentContact),
    client_id: await stillThere(tx, call.clientId, findClient),
  });
  await linkTicket(tx, { ticketId: id, kind: "call", targetId: call.id, relation: "related" });
  return id;
}
