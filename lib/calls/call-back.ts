import type { Tx } from "../context.ts";
import { emit } from "../events/mod.ts";
import { phoneForms } from "../kernel/phone.ts";
import { findOperator } from "../operators/mod.ts";
import { findMatter, noteCallBack } from "../tickets/mod.ts";
import { callView } from "./present.ts";
import { type CallRow, selectCallBacks, selectMissedTickets, updateCall } from "./store.ts";
import { callWords } from "./words.ts";

/**
 * An answered call of ours to a number whose calls were missed is noted on their ticket, once, while that is not settled.
 * Resolves to the call as it is then.
 */
export async function noteAnswered(tx: Tx, call: CallRow): Promise<CallRow> {
  const { id, direction, phone, answeredAt, contactId, startedAt, missedTicketId, operatorId } = call;
  if (direction !== "out" || answeredAt === null || phone === null || missedTicketId !== null) return call;
  const matter = await findMatter(
    tx,
    await selectMissedTickets(tx, { phones: phoneForms(phone), contactId, clientId: null, until: startedAt }),
  );
  if (matter === null) return call;
  const operator = operatorId === null ? null : await findOperator(tx, operatorId);
  const { back } = await callWords(tx);
  await noteCallBack(tx, matter, {
    callId: id,
    text: back(call, operator?.name ?? null),
    by: operator?.userId ?? tx.actor.id,
  });
  const fields = {
    missedTicketId: matter.row.id,
    ticketId: call.ticketId ?? matter.row.id,
    updatedAt: tx.now(),
  };
  await updateCall(tx, id, fields);
  return { ...call, ...fields };
}

/** The same for what was answered before the ticket was there: calls are told of in any order. */
export async function noteAnsweredSince(tx: Tx, { phone, startedAt: since }: CallRow): Promise<void> {
  const phones = phone === null ? [] : phoneForms(phone);
  for (const call of await selectCallBacks(tx, { phones, since })) {
    const noted = await noteAnswered(tx, call);
    if (noted === call) continue;
    await emit(tx, { type: "call.changed", subjectId: noted.id, data: { call: callView(noted) } });
  }
}
