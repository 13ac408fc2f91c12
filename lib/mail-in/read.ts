import { dropBlobs, identify, type StoredFile, storeFile } from "../conversations/mod.ts";
import type { Tx } from "../context.ts";
import type { JobCtx } from "../jobs/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { AppError } from "../kernel/errors.ts";
import { cleanText } from "../kernel/text.ts";
import { noteMail, ticketOfMail, ticketOfMails } from "../mail-threads/mod.ts";
import { readAll } from "../ports/blobs.ts";
import type { MailAddress, ParsedMail } from "../ports/mail-parser.ts";
import { findTeam } from "../operators/mod.ts";
import { findCategory, findReferred, findTicket, hearCustomer, openTicket } from "../tickets/mod.ts";
import { ownAddressOf } from "./places.ts";
import { judge, line } from "./judge.ts";
import { MAIL_LIMITS, withoutQuote } from "./policy.ts";
import { parseProviderMail } from "./provider-json.ts";
import { refuse } from "./refuse.ts";
import { endReceipt, hasTaken, NOTHING, type ReceiptEnd, type ReceiptRow, selectReceipt } from "./store.ts";

/**
 * Makes a ticket of a mail, or a comment of one that goes on about a ticket, whole with its files or not at all. A mail
 * of a machine is ignored, one with too much in it refused with an answer.
 */
export async function readMail(ctx: JobCtx, { receiptId }: { receiptId: string }): Promise<void> {
  requireScope(ctx, "tickets:write");
  const receipt = await selectReceipt(ctx, receiptId);
  if (receipt === null || receipt.state !== "received") return;
  const mail = await parsed(ctx, receipt);
  if (mail === null) {
    return await end(ctx, receipt, { ...NOTHING, state: "unreadable", reason: "not_a_mail" });
  }
  const told = { sender: mail.from.address, subject: line(mail.subject) };
  const { reason, writer } = await judge(ctx, mail);
  if (reason !== null) return await end(ctx, receipt, { ...NOTHING, ...told, state: "ignored", reason });
  if (mail.files.length > MAIL_LIMITS.files) {
    return await ctx.transact(async (tx) => {
      await ctx.finish(tx);
      await refuse(tx, { receipt, mail, writer, reason: "too_many_files" });
    });
  }
  const { files, left } = await keep(ctx, mail);
  await ctx.transact(async (tx) => {
    await ctx.finish(tx);
    const copied = await originalOf(tx, { ...told, messageId: mail.messageId });
    const end = copied === null
      ? { ...await write(tx, { mail, writer, files, left }), reason: null }
      : { ticketId: copied, state: "ignored", reason: "duplicate" } as const;
    await endReceipt(tx, receipt.id, { ...told, ...end });
    await dropBlobs(tx, [receipt.blobKey, ...copied === null ? [] : files.map(({ blobKey }) => blobKey)]);
  });
}

async function parsed(ctx: JobCtx, { blobKey, format }: ReceiptRow): Promise<ParsedMail | null> {
  const blob = await ctx.ports.blobs.get(blobKey);
  if (blob === null) return null;
  const raw = new Uint8Array(await readAll(blob.body));
  try {
    return format === "json" ? parseProviderMail(raw) : await ctx.ports.mailParser.parse(raw);
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.code === "bad_request") return null;
    throw thrown;
  }
}

/**
 * The ticket that took this mail before, which came again another way: a mail to two of our addresses is two copies
 * with headers of their own. A program that gives all its mails one id writes about different things.
 */
async function originalOf(
  tx: Tx,
  { messageId, sender, subject }: { messageId: string | null; sender: string; subject: string },
): Promise<string | null> {
  const ticketId = messageId === null ? null : await ticketOfMails(tx, [messageId]);
  return ticketId !== null && await hasTaken(tx, { ticketId, sender, subject }) ? ticketId : null;
}

async function end(ctx: JobCtx, receipt: ReceiptRow, how: ReceiptEnd): Promise<void> {
  await ctx.transact(async (tx) => {
    await ctx.finish(tx);
    await endReceipt(tx, receipt.id, how);
    // What could not be read stays for a while, for a person to look at.
    if (how.state !== "unreadable") await dropBlobs(tx, [receipt.blobKey]);
  });
}

interface Kept {
  readonly files: readonly StoredFile[];
  /** Names of those whose type is not taken. */
  readonly left: readonly string[];
}

async function keep(ctx: JobCtx, { files }: ParsedMail): Promise<Kept> {
  const kept: StoredFile[] = [];
  const left: string[] = [];
  for (const { name, bytes } of files) {
    if (bytes.byteLength === 0) continue;
    try {
      kept.push(await storeFile(ctx, { name, bytes, scope: "tickets:write" }));
    } catch (thrown) {
      if (!(thrown instanceof AppError) || thrown.code !== "unsupported_media_type") throw thrown;
      left.push(line(name));
    }
  }
  return { files: kept, left };
}

interface Writing extends Kept {
  readonly mail: ParsedMail;
  readonly writer: MailAddress;
}

async function write(
  tx: Tx,
  { mail, writer, files, left }: Writing,
): Promise<{ ticketId: string; state: "opened" | "commented" }> {
  const { from, messageId } = mail;
  const note = left.length === 0 ? "" : `\n\n[${left.length} ✗: ${left.join(", ").slice(0, 1000)}]`;
  // Whoever knows a thread may write in it, as the one who wrote and nobody else: whom answers should go to is hearsay.
  const known = await ticketOfMail(tx, mail) ?? await referredBy(tx, { mail, writer });
  const row = known === null ? null : await standing(tx, known);
  if (row !== null) {
    const { id: authorId } = await personOf(tx, from);
    const text = `${withoutQuote(cleanText(mail.text))}${note}`.trim() || "[correo / mail]";
    const heard = await hearCustomer(tx, { ticket: row, text, authorId, at: tx.now(), files });
    await noteMail(tx, { ticketId: heard.id, messageId });
    return { ticketId: heard.id, state: "commented" };
  }
  const { address, place } = await placeOf(tx, mail);
  const sent = writer.address === from.address ? "" : `\n\n[De / From: ${from.address}]`;
  const text = `${cleanText(mail.text).trim()}${note}`.trim();
  const { id } = await openTicket(tx, {
    subject: line(mail.subject) || writer.address,
    description: `${text.slice(0, 49_000).toWellFormed()}${sent}`.trim(),
    source: "email",
    contact_id: (await personOf(tx, writer)).id,
    ...place,
  });
  const opened = files.length === 0 ? null : await findTicket(tx, id);
  if (opened !== null) {
    await hearCustomer(tx, {
      ticket: opened,
      text: `[${files.length}]`,
      at: tx.now(),
      files,
      opening: true,
    });
  }
  await noteMail(tx, { ticketId: id, messageId, address });
  return { ticketId: id, state: "opened" };
}

async function personOf(tx: Tx, { address, name }: MailAddress): Promise<{ readonly id: string }> {
  return await identify(tx, {
    identities: [{ kind: "email", value: address }],
    name: line(name) || null,
  });
}

/** Some programs answer without a word of what they answer, but for the subject. */
async function referredBy(
  tx: Tx,
  { mail: { from, subject }, writer }: Pick<Writing, "mail" | "writer">,
): Promise<string | null> {
  if (writer.address !== from.address) return null;
  const { id: contactId } = await personOf(tx, from);
  return (await findReferred(tx, { text: subject, contactId }))?.id ?? null;
}

/** The workspace's address that it came to, with its team and category as far as they are still there. */
async function placeOf(
  tx: Tx,
  mail: ParsedMail,
): Promise<{ address: string | null; place: { team_id?: string; category_id?: string } }> {
  const { address = null, teamId = null, categoryId = null } = await ownAddressOf(tx, mail) ?? {};
  const team = teamId === null ? null : await findTeam(tx, teamId);
  const category = categoryId === null ? null : await findCategory(tx, categoryId);
  return {
    address,
    place: {
      ...(team === null ? {} : { team_id: team.id }),
      ...(category === null ? {} : { category_id: category.id }),
    },
  };
}

/** Merges that are followed. */
const MOST_MERGES = 10;

/** The ticket, or the one that it was merged into. */
async function standing(tx: Tx, ticketId: string): Promise<Awaited<ReturnType<typeof findTicket>>> {
  let row = await findTicket(tx, ticketId);
  for (let step = 0; step < MOST_MERGES && row !== null && row.mergedInto !== null; step++) {
    row = await findTicket(tx, row.mergedInto);
  }
  return row;
}
