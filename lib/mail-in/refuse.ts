import type { Ctx, Tx } from "../context.ts";
import { dropBlobs } from "../conversations/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { AppError } from "../kernel/errors.ts";
import { newId } from "../kernel/ids.ts";
import { sha256Hex } from "../kernel/text.ts";
import { notify } from "../notifications/mod.ts";
import type { MailAddress, ParsedMail } from "../ports/mail-parser.ts";
import { judge, line } from "./judge.ts";
import { ownAddressOf, placesOf } from "./places.ts";
import { MAIL_LIMITS } from "./policy.ts";
import { endReceipt, insertReceipt, NOTHING, type ReceiptEnd, type ReceiptRow } from "./store.ts";
import { mailRefused } from "./templates.ts";

export interface Refusal {
  readonly receipt: Pick<ReceiptRow, "id" | "blobKey">;
  readonly mail: Pick<ParsedMail, "from" | "subject" | "messageId" | "recipients" | "delivered">;
  readonly writer: MailAddress;
  readonly reason: "too_many_files" | "too_large";
}

/** Ends a receipt and says to whoever wrote that nothing was kept. */
export async function refuse(tx: Tx, { receipt, mail, writer, reason }: Refusal): Promise<void> {
  const { from: { address }, messageId } = mail;
  const subject = line(mail.subject);
  const how = { ...NOTHING, state: "refused", reason, sender: address, subject } as const;
  if (!await endReceipt(tx, receipt.id, how)) return;
  await dropBlobs(tx, [receipt.blobKey]);
  const own = await ownAddressOf(tx, mail);
  await notify(tx, {
    to: [{ email: writer.address }],
    template: mailRefused,
    data: {
      subject,
      megabytes: Math.floor(MAIL_LIMITS.bytes / 1024 / 1024),
      files: MAIL_LIMITS.files,
    },
    key: `mail.refused:${receipt.id}`,
    mail: {
      ...(own === null ? {} : { from: own.address }),
      ...(messageId === null ? {} : { inReplyTo: messageId, references: [messageId] }),
    },
  });
}

/** A mail that stays where it lies. */
export interface LeftMail {
  /** Where it lies, the same each time: it is refused once. */
  readonly key: string;
  readonly size: number;
  /** Its first bytes; null: not even they can be read. */
  readonly head: Uint8Array<ArrayBuffer> | null;
}

/**
 * Notes a mail that is not taken: one that is too large, with an answer to a person who sent it, or one that can't be
 * fetched.
 */
export async function leaveMail(ctx: Ctx, left: LeftMail): Promise<void> {
  requireScope(ctx, "platform:write");
  const raw = left.head ?? new Uint8Array();
  for (const workspaceId of await placesOf(ctx, { raw, format: "mime" })) {
    await leaveIn(ctx.as({ workspaceId }), left);
  }
}

async function leaveIn(ctx: Ctx, { key, size, head }: LeftMail): Promise<void> {
  const digest = await sha256Hex(new TextEncoder().encode(key));
  const mail = head === null ? null : await parseHead(ctx, head);
  const judged = mail === null ? null : { mail, ...await judge(ctx, mail) };
  const receipt = { id: newId("mail"), blobKey: `${ctx.workspaceId}/mail/${digest}` };
  await ctx.transact(async (tx) => {
    if (!await insertReceipt(tx, { ...receipt, digest, format: "mime", size })) return;
    if (judged?.reason === null) return await refuse(tx, { ...judged, receipt, reason: "too_large" });
    await endReceipt(tx, receipt.id, endOf(mail, judged?.reason ?? null));
  });
}

function endOf(mail: ParsedMail | null, ignored: string | null): ReceiptEnd {
  if (mail === null) return { ...NOTHING, state: "unreadable", reason: "not_fetched" };
  const told = { sender: mail.from.address, subject: line(mail.subject) };
  return { ...NOTHING, ...told, state: "ignored", reason: ignored };
}

async function parseHead(ctx: Ctx, head: Uint8Array<ArrayBuffer>): Promise<ParsedMail | null> {
  try {
    return await ctx.ports.mailParser.parse(head);
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.code === "bad_request") return null;
    throw thrown;
  }
}
