import type { Tx } from "../context.ts";
import { noteDelivery, threadFor } from "../mail-threads/mod.ts";
import { type MailThread, type Notice, type Notified, notify } from "../notifications/mod.ts";

export interface ThreadNotice<D> extends Omit<Notice<D>, "mail"> {
  readonly ticketId: string;
  readonly mail?: Pick<MailThread, "byPerson" | "files"> | undefined;
}

/** Tells who asks in a ticket. What goes by mail is of the ticket's thread: an answer to it comes back to the ticket. */
export async function notifyInThread<D>(
  tx: Tx,
  { ticketId, mail, ...notice }: ThreadNotice<D>,
): Promise<Notified> {
  const { references, ...thread } = await threadFor(tx, ticketId);
  const told = await notify(tx, {
    ...notice,
    mail: { ...thread, ...mail, references: [`<${ticketId}@tickets.cauce>`, ...references] },
  });
  const mails = told.repeated ? [] : told.deliveries.filter(({ channel }) => channel === "email");
  for (const { id: deliveryId } of mails) await noteDelivery(tx, { ticketId, deliveryId });
  return told;
}
