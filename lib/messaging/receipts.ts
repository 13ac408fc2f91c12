import { receiveMessage } from "../conversations/mod.ts";
import type { Tx } from "../context.ts";
import { emit } from "../events/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { AppError, messageOf } from "../kernel/errors.ts";
import { defaultWorkspaceId } from "../identity/mod.ts";
import { enqueueLate, type JobCtx, LeaseLost } from "../jobs/mod.ts";
import { type News, readEnvelope } from "./envelope.ts";
import { readMessage } from "./incoming.ts";
import { mediaFetch } from "./jobs.ts";
import { applyNotice } from "./notices.ts";
import { numbers, type WhatsAppNumber } from "./numbers.ts";
import { applyStatus } from "./status.ts";
import { endReceipt, type ReceiptState, selectReceipt } from "./store-receipts.ts";

/** How many news are one commit. */
const CHUNK = 25;

/** What became of one piece of news; null: taken in. */
type Trouble = { readonly kind: "foreign" | "failed"; readonly detail: string } | null;

/**
 * Takes in what a webhook brought. Every piece may come again, here or in another body: messages are told by their
 * ids, statuses by their rank. What can't be taken in is named on the receipt, which keeps the body.
 */
export async function readReceipt(ctx: JobCtx, { receiptId }: { receiptId: string }): Promise<void> {
  requireScope(ctx, "platform:write");
  const receipt = await selectReceipt(ctx, receiptId);
  if (receipt === null || receipt.state !== "received") return;
  const envelope = readEnvelope(receipt.body);
  const end = (tx: Tx, state: ReceiptState, reason: string | null) =>
    endWith(tx, { job: ctx, receiptId, state, reason });
  if (envelope.kind !== "news") {
    ctx.ports.log.log("warn", "a webhook could not be read", {
      receipt_id: receiptId,
      reason: envelope.reason,
    });
    return await ctx.transact((tx) => end(tx, envelope.kind, envelope.reason));
  }
  const { news } = envelope;
  const { byNumber } = await numbers(ctx);
  if (news.length <= CHUNK && await takeAllAtOnce(ctx, { news, byNumber, receiptId })) return;
  const troubles: Exclude<Trouble, null>[] = [];
  for (const one of news) {
    const trouble = await takeAlone(ctx, { one, byNumber });
    if (trouble !== null) troubles.push(trouble);
  }
  await ctx.transact((tx) => end(tx, ...verdict(news.length, troubles)));
}

interface Ending {
  readonly job: JobCtx;
  readonly receiptId: string;
  readonly state: ReceiptState;
  readonly reason: string | null;
}

async function endWith(tx: Tx, { job, receiptId: id, state, reason }: Ending): Promise<void> {
  await job.finish(tx);
  await endReceipt(tx, { id, state, reason });
}

type ByNumber = ReadonlyMap<string, WhatsAppNumber>;

interface All {
  readonly news: readonly News[];
  readonly byNumber: ByNumber;
  readonly receiptId: string;
}

/** The usual way: one commit for all of it. False when something in it fails: then each is taken by itself. */
async function takeAllAtOnce(ctx: JobCtx, { news, byNumber, receiptId }: All): Promise<boolean> {
  try {
    await ctx.transact(async (tx) => {
      const troubles = [];
      for (const one of news) troubles.push(await take(tx, { one, byNumber }));
      const [state, reason] = verdict(news.length, troubles.filter((trouble) => trouble !== null));
      await endWith(tx, { job: ctx, receiptId, state, reason });
    });
    return true;
  } catch (thrown) {
    if (!isRefusal(thrown)) throw thrown;
    return false;
  }
}

/** Refused for what it says; anything else (a busy database, a lost lease) is tried again as a whole. */
function isRefusal(thrown: unknown): boolean {
  return !(thrown instanceof LeaseLost) && (!(thrown instanceof AppError) || !thrown.retryable);
}

interface One {
  readonly one: News;
  readonly byNumber: ByNumber;
}

async function takeAlone(ctx: JobCtx, given: One): Promise<Trouble> {
  try {
    return await ctx.transact((tx) => take(tx, given));
  } catch (thrown) {
    if (!isRefusal(thrown)) throw thrown;
    return { kind: "failed", detail: `${given.one.kind}: ${messageOf(thrown)}` };
  }
}

async function take(tx: Tx, { one, byNumber }: One): Promise<Trouble> {
  if (one.kind === "notice") return await applyNotice(tx, { notice: one, numbers: [...byNumber.values()] });
  const number = byNumber.get(one.phoneNumberId);
  if (number === undefined) return await foreign(tx, one.phoneNumberId);
  const inside = tx.as({ workspaceId: number.workspaceId });
  const channelAccountId = number.accountId;
  if (one.kind === "status") {
    const read = await applyStatus(inside, { channelAccountId, status: one.status });
    return read ? null : { kind: "failed", detail: "a status without an id, or of an unknown kind" };
  }
  const message = readMessage(one.message, one.contacts);
  if (message === null) return { kind: "failed", detail: "a message without an id or a sender" };
  const { media, ...incoming } = message;
  const received = await receiveMessage(inside, { ...incoming, channelAccountId });
  if (media !== null && !received.duplicate) {
    await enqueueLate(inside, mediaFetch, { messageId: received.messageId });
  }
  return null;
}

/** A number that nobody connected here: said to whoever runs the place. */
async function foreign(tx: Tx, phoneNumberId: string): Promise<Trouble> {
  const workspaceId = await defaultWorkspaceId(tx);
  if (workspaceId !== null) {
    await emit(tx, {
      type: "whatsapp.foreign_number",
      subjectId: phoneNumberId.slice(0, 60) || "unknown",
      workspaceId,
      data: { phone_number_id: phoneNumberId.slice(0, 60) },
    });
  }
  return { kind: "foreign", detail: `no channel has the number ${phoneNumberId.slice(0, 60)}` };
}

function verdict(
  all: number,
  troubles: readonly Exclude<Trouble, null>[],
): [ReceiptState, string | null] {
  if (troubles.length === 0) return ["processed", null];
  const reason = [...new Set(troubles.map(({ detail }) => detail))].slice(0, 5).join("; ").slice(0, 1000);
  const strangers = troubles.length === all && troubles.every(({ kind }) => kind === "foreign");
  return [strangers ? "foreign" : "partly", reason];
}
