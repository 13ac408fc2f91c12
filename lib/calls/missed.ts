import { findClient } from "../clients/mod.ts";
import type { Ctx, Tx } from "../context.ts";
import { emit } from "../events/mod.ts";
import { enqueue } from "../jobs/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { phoneForms } from "../kernel/phone.ts";
import { findContactName } from "./names.ts";
import {
  addMissedCall,
  findMatter,
  linkTicket,
  openForMissedCall,
  presentContact,
  stillThere,
} from "../tickets/mod.ts";
import { noteAnsweredSince } from "./call-back.ts";
import { callMissed } from "./jobs.ts";
import { MISSED_AFTER_MS } from "./policy.ts";
import { callView } from "./present.ts";
import { type CallRow, selectCall, selectCallSettings, selectMissedTickets, updateCall } from "./store.ts";
import { callWords, numbersOf } from "./words.ts";

/** Sets the timer of a call that came in and nobody answered, as far as is known. */
export async function awaitMissed(tx: Tx, call: CallRow): Promise<void> {
  if (call.state !== "missed" || call.missedToldAt !== null) return;
  await enqueue(tx, callMissed, { callId: call.id }, { delayMs: MISSED_AFTER_MS });
}

/** Tells that a call was missed, once, and sees to its ticket where the workspace wants one. */
export async function tellMissed(ctx: Ctx, { callId }: { callId: string }): Promise<void> {
  requireScope(ctx, "calls:write");
  await ctx.transact(async (tx) => {
    const call = await selectCall(tx, callId);
    if (call === null || call.state !== "missed" || call.missedToldAt !== null) return;
    const settings = await selectCallSettings(tx);
    const wanted = settings?.ticketOnMissed === true && call.ticketId === null;
    const ticketId = wanted ? await ticketFor(tx, call) : call.ticketId;
    const missedTicketId = wanted ? ticketId : null;
    await updateCall(tx, callId, { missedToldAt: tx.now(), ticketId, missedTicketId, updatedAt: tx.now() });
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
    if (wanted) await noteAnsweredSince(tx, call);
  });
}

/** The ticket of the calls of the same number or person that were missed before, while it is not settled; else a new one. */
async function ticketFor(tx: Tx, call: CallRow): Promise<string> {
  // Whoever was erased or removed since the call rang is nobody to look or to open it for.
  const contactId = await stillThere(tx, call.contactId, presentContact);
  const clientId = await stillThere(tx, call.clientId, findClient);
  const phones = call.phone === null ? [] : phoneForms(call.phone);
  const words = await callWords(tx);
  const matter = await findMatter(
    tx,
    await selectMissedTickets(tx, {
      phones,
      contactId,
      clientId: call.contactId === null ? clientId : null,
    }),
  );
  if (matter !== null) {
    const text = words.again(call, matter.row.missedCalls + 1);
    await addMissedCall(tx, matter, { callId: call.id, text });
    return matter.row.id;
  }
  const { id } = await openForMissedCall(tx, {
    subject: words.missed(await findContactName(tx, call) ?? call.phone ?? "?"),
    description: numbersOf(call),
    source: "phone",
    contact_id: contactId,
    client_id: clientId,
  });
  await linkTicket(tx, { ticketId: id, kind: "call", targetId: call.id, relation: "related" });
  return id;
}
