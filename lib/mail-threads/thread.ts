import type { Ctx, Tx } from "../context.ts";
import { newSecret } from "../kernel/ids.ts";
import { mailDomain } from "../ports/mail.ts";
import type { ParsedMail } from "../ports/mail-parser.ts";
import {
  insertMailId,
  saveThread,
  selectThread,
  selectTicketOfMails,
  selectTicketOfTokens,
  type ThreadRow,
} from "./store.ts";

/** References of a mail get too long for some servers. */
const MOST_REFERENCES = 20;

/** `soporte+x@a.example` is `soporte@a.example`. */
export function withoutTag(address: string): string {
  return address.toLowerCase().replace(/\+[^@]*@/, "@");
}

/** What stands behind the + in those that are addresses of the installation's inbox. */
export function tagsOf({ config }: Pick<Ctx, "config">, recipients: readonly string[]): string[] {
  return recipients.filter((address) => withoutTag(address) === config.mailIn.inbox)
    .flatMap((address) => /\+([^@]+)@/.exec(address)?.[1] ?? []);
}

/** The ticket that a mail goes on about: by the address that it was sent to, else by the mails that it answers. */
export async function ticketOfMail(
  tx: Tx,
  mail: Pick<ParsedMail, "recipients" | "references">,
): Promise<string | null> {
  return await selectTicketOfTokens(tx, tagsOf(tx, mail.recipients)) ??
    await selectTicketOfMails(tx, mail.references);
}

/** Notes a mail of a ticket's thread, made with the first one. */
export async function noteMail(
  tx: Tx,
  { ticketId, messageId }: { ticketId: string; messageId: string | null },
): Promise<ThreadRow> {
  const known = await selectThread(tx, ticketId);
  // Lower case: some servers write whole addresses so.
  const token = known?.token ?? newSecret(12).toLowerCase().replace(/[_-]/g, "0");
  const before = known?.references ?? [];
  const references = messageId === null || before.includes(messageId)
    ? before
    : [...before, messageId].slice(-MOST_REFERENCES);
  await saveThread(tx, { ticketId, token, references });
  if (messageId !== null) await insertMailId(tx, { messageId, ticketId });
  return {
    ticketId,
    token,
    references,
    workspaceId: tx.workspaceId,
    createdAt: known?.createdAt ?? tx.now(),
  };
}

/** How the next mail about a ticket hangs together with those before it, and where its answer goes. */
export async function threadFor(
  tx: Tx,
  ticketId: string,
): Promise<{ replyTo: string; inReplyTo?: string; references: string[] }> {
  const { token, references } = await noteMail(tx, { ticketId, messageId: null });
  const replyTo = tx.config.mailIn.inbox.replace("@", `+${token}@`);
  const inReplyTo = references.at(-1);
  return { replyTo, references, ...(inReplyTo === undefined ? {} : { inReplyTo }) };
}

/** Notes a mail of ours by its delivery: answers to it belong to the ticket. */
export async function noteDelivery(
  tx: Tx,
  { ticketId, deliveryId }: { ticketId: string; deliveryId: string },
): Promise<void> {
  await noteMail(tx, { ticketId, messageId: `<${deliveryId}@${mailDomain(tx.config.mail.from)}>` });
}
