import type { Ctx, Tx } from "../context.ts";
import { newSecret } from "../kernel/ids.ts";
import { mailDomain } from "../ports/mail.ts";
import type { ParsedMail } from "../ports/mail-parser.ts";
import {
  insertMailId,
  isOwnAddress,
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

/** What stands behind the + in those that are addresses of the installation's inbox, and the thread's part of it. */
export function tagsOf({ config }: Pick<Ctx, "config">, recipients: readonly string[]): string[] {
  return recipients.filter((address) => withoutTag(address) === config.mailIn.inbox)
    .flatMap((address) => {
      const tag = /\+([^@]+)@/.exec(address)?.[1];
      if (tag === undefined) return [];
      const at = tag.lastIndexOf(".");
      return at === -1 ? [tag] : [tag, tag.slice(at + 1)];
    });
}

/** The ticket that a mail goes on about: by the address that it was sent to, else by the mails that it answers. */
export async function ticketOfMail(
  tx: Tx,
  mail: Pick<ParsedMail, "recipients" | "references">,
): Promise<string | null> {
  return await selectTicketOfTokens(tx, tagsOf(tx, mail.recipients)) ??
    await selectTicketOfMails(tx, mail.references);
}

interface NotedMail {
  readonly ticketId: string;
  readonly messageId: string | null;
  /** The address of the workspace that the first one came to. */
  readonly address?: string | null;
}

/** Notes a mail of a ticket's thread, made with the first one. */
export async function noteMail(
  tx: Tx,
  { ticketId, messageId, address: cameTo = null }: NotedMail,
): Promise<ThreadRow> {
  const known = await selectThread(tx, ticketId);
  // Lower case: some servers write whole addresses so.
  const token = known?.token ?? newSecret(12).toLowerCase().replace(/[_-]/g, "0");
  const before = known?.references ?? [];
  const references = messageId === null || before.includes(messageId)
    ? before
    : [...before, messageId].slice(-MOST_REFERENCES);
  const address = known === null ? cameTo : known.address;
  await saveThread(tx, { ticketId, token, references, address });
  if (messageId !== null) await insertMailId(tx, { messageId, ticketId });
  return {
    ticketId,
    token,
    references,
    address,
    workspaceId: tx.workspaceId,
    createdAt: known?.createdAt ?? tx.now(),
  };
}

/** How the next mail about a ticket hangs together with those before it, who sends it, and where its answer goes. */
export async function threadFor(
  tx: Tx,
  ticketId: string,
): Promise<{ from?: string; replyTo: string; inReplyTo?: string; references: string[] }> {
  const { token, references, address: cameTo } = await noteMail(tx, { ticketId, messageId: null });
  const address = cameTo !== null && await isOwnAddress(tx, cameTo) ? cameTo : null;
  const inReplyTo = references.at(-1);
  return {
    replyTo: answersTo(tx, { token, address }),
    references,
    ...(address === null ? {} : { from: address }),
    ...(inReplyTo === undefined ? {} : { inReplyTo }),
  };
}

/**
 * The thread's own tag of the inbox. Nobody knows whether the server of another address takes tags: answers to it come
 * the way that the first mail came, and are known by what they answer.
 */
function answersTo({ config }: Tx, { token, address }: Pick<ThreadRow, "token" | "address">): string {
  const { inbox } = config.mailIn;
  if (address === null) return inbox.replace("@", `+${token}@`);
  return withoutTag(address) === inbox ? address.replace("@", `.${token}@`) : address;
}

/** Notes a mail of ours by its delivery: answers to it belong to the ticket. */
export async function noteDelivery(
  tx: Tx,
  { ticketId, deliveryId }: { ticketId: string; deliveryId: string },
): Promise<void> {
  await noteMail(tx, { ticketId, messageId: `<${deliveryId}@${mailDomain(tx.config.mail.from)}>` });
}
