import { firstUnsent, queueNext, windowOpen, windowTemplateOf } from "../conversations/mod.ts";
import type { Tx } from "../context.ts";
import { requireScope } from "../kernel/actors.ts";
import { AppError, messageOf } from "../kernel/errors.ts";
import { RetryAfter, sleep } from "../kernel/retry.ts";
import type { JobCtx } from "../jobs/mod.ts";
import type { Accepted, OutgoingPayload } from "../ports/whatsapp.ts";
import type { OutgoingContent } from "../ports/whatsapp-content.ts";
import { whatsAppFailure, whatsAppFailureOf } from "../ports/whatsapp-failures.ts";
import { changeState } from "./change.ts";
import { addressOf } from "./address.ts";
import { contentOf, contentWithFiles } from "./content.ts";
import { paceWait, type Wait } from "./pace.ts";
import { numberOfAccount, type WhatsAppNumber } from "./numbers.ts";
import { doubt, settleAccepted, settleFailed, type Tried } from "./settle.ts";
import { endAttempt, insertAttempt, markCalled, selectAttempts } from "./store-attempts.ts";
import {
  type AttachmentRow,
  type Outgoing,
  selectAddresses,
  selectFiles,
  selectOutgoing,
  updateMessage,
} from "./store-outgoing.ts";
import { selectPause } from "./store-numbers.ts";
import { MOST_WAIT_MS } from "./policy.ts";

/**
 * Hands a message to WhatsApp. A try is committed before its call, so after a crash it is known whether the call may
 * have gone out; then nobody sends again, the message waits for its status. What must wait throws RetryAfter, with
 * the reason on the row.
 */
export async function sendQueued(ctx: JobCtx, { messageId }: { messageId: string }): Promise<void> {
  requireScope(ctx, "conversations:write");
  const outgoing = await selectOutgoing(ctx, messageId);
  if (outgoing === null || !isUnsent(outgoing)) return;
  const { message } = outgoing;
  if (message.state === "processing") {
    if (!await resume(ctx, outgoing)) return;
    return await sendQueued(ctx, { messageId });
  }
  const early = Math.max(message.nextTryAt ?? 0, message.runAt ?? 0) - ctx.now();
  if (early > 0) throw new RetryAfter(early, message.stateReason ?? "it is not its time yet");
  const number = await numberOfAccount(ctx, message.channelAccountId);
  if (number === null || !number.enabled) {
    return await hold(ctx, outgoing, number === null ? "channel_not_connected" : "channel_disabled");
  }
  const [pause, files] = await Promise.all([
    selectPause(ctx, number.accountId),
    selectFiles(ctx, messageId),
  ]);
  if (pause !== null) {
    await putOff(ctx, outgoing, {
      ms: Math.min(pause.until - ctx.now(), MOST_WAIT_MS),
      reason: pause.reason,
    });
  }
  const begun = await ctx.transact((tx) => begin(tx, { job: ctx, messageId, files, number }));
  if (begun === null) return;
  if ("attemptId" in begun) return await tryOnce(ctx, { ...begun, number, files });
  // A wait of a moment is not worth a round through the queue.
  if (begun.ms > 250) return await putOff(ctx, outgoing, begun);
  await sleep(begun.ms, ctx.signal);
  await sendQueued(ctx, { messageId });
}

function isUnsent({ message }: Outgoing): boolean {
  return message.state === "pending" || message.state === "retry" || message.state === "processing";
}

/**
 * After a crash in the middle of a try. Resolves to true when the call certainly did not begin: then it is free to
 * be sent.
 */
async function resume(ctx: JobCtx, { message }: Outgoing): Promise<boolean> {
  return await ctx.transact(async (tx) => {
    await ctx.assertLease(tx);
    const open = (await selectAttempts(tx, message.id)).findLast(({ outcome }) => outcome === null);
    if (open?.calledAt !== null && open !== undefined) {
      await doubt(tx, { attemptId: open.id, message });
      await ctx.finish(tx);
      return false;
    }
    if (open !== undefined) await endAttempt(tx, open.id, { outcome: "not_begun" });
    await changeState(tx, message, { state: "pending" });
    return true;
  });
}

/** Throws RetryAfter, with the reason on the row when it is worth a look. */
async function putOff(
  ctx: JobCtx,
  { message }: Pick<Outgoing, "message">,
  wait: { readonly ms: number; readonly reason: string },
): Promise<never> {
  if (wait.ms >= 1000) {
    await ctx.transact((tx) =>
      changeState(tx, message, { state: message.state, reason: wait.reason, nextTryAt: tx.now() + wait.ms })
    );
  }
  throw new RetryAfter(wait.ms, wait.reason);
}

interface Begun extends Tried {
  readonly outgoing: Outgoing;
  readonly content: OutgoingContent | null;
}

interface Begin {
  readonly job: JobCtx;
  readonly messageId: string;
  readonly files: readonly AttachmentRow[];
  readonly number: WhatsAppNumber;
}

/** The message is `processing` and its try a row, in the commit that decides to send it. null: not to be sent now. */
async function begin(tx: Tx, { job, messageId, files, number }: Begin): Promise<Begun | Wait | null> {
  const [, outgoing, tries] = await Promise.all([
    job.assertLease(tx),
    selectOutgoing(tx, messageId),
    selectAttempts(tx, messageId),
  ]);
  if (outgoing === null || outgoing.message.state === "processing" || !isUnsent(outgoing)) return null;
  const { message, conversation, contact } = outgoing;
  const [first, wait] = await Promise.all([
    firstUnsent(tx, conversation.id),
    paceWait(tx, { number, contactId: contact.id }),
  ]);
  if (first !== messageId) return null;
  const ends = contact.erasedAt !== null ? "contact_erased" : null;
  if (ends !== null) {
    await changeState(tx, message, { state: "cancelled", reason: ends });
    await queueNext(tx, conversation.id);
    return null;
  }
  if (wait !== null) return wait;
  const content = await contentInWindow(tx, outgoing, files);
  if (content === "closed") {
    await changeState(tx, message, { state: "held", reason: "window_closed" });
    await queueNext(tx, conversation.id);
    return null;
  }
  const attemptId = await insertAttempt(tx, {
    messageId,
    accountId: number.accountId,
    contactId: contact.id,
    number: tries.length + 1,
    calledAt: files.length === 0 ? tx.now() : null,
  });
  await changeState(tx, message, { state: "processing" });
  return { attemptId, message, outgoing, content };
}

/** What may be sent now: as it is, as the account's template, or nothing. null: text and files, as they are. */
async function contentInWindow(
  tx: Tx,
  { message, conversation }: Outgoing,
  files: readonly AttachmentRow[],
): Promise<OutgoingContent | null | "closed"> {
  const content = contentOf(message);
  if (content?.type === "template" || windowOpen(conversation, tx.now())) return content;
  if (content !== null || files.length > 0) return "closed";
  const template = await windowTemplateOf(tx, { conversation, text: message.text });
  if (template === null) return "closed";
  await updateMessage(tx, message.id, { content: { ...template } });
  return template;
}

interface Try extends Begun {
  readonly number: WhatsAppNumber;
  readonly files: readonly AttachmentRow[];
}

async function tryOnce(ctx: JobCtx, one: Try): Promise<void> {
  const tried = { attemptId: one.attemptId, message: one.message };
  const fail = (thrown: unknown) => ctx.transact((tx) => settleFailed(tx, tried, thrown));
  const ready = await prepare(ctx, one).catch((thrown: unknown) => ({ thrown }));
  if ("thrown" in ready) return again(await fail(ready.thrown));
  let accepted: Accepted;
  try {
    accepted = await ctx.ports.whatsapp.send(one.number.call, ready, { callbackData: one.message.id });
  } catch (thrown) {
    const known = whatsAppFailureOf(thrown) !== null ||
      (thrown instanceof AppError && thrown.code === "validation_failed");
    // Whatever it was, the call had begun: nobody knows what became of it.
    return again(await fail(known ? thrown : whatsAppFailure("outcome_unknown", messageOf(thrown))));
  }
  // Whoever holds the job by now: what Meta said of this try is true. If this fails the try stays open, in doubt.
  await ctx.transact((tx) => settleAccepted(tx, tried, accepted));
}

/** All that comes before the call. Afterwards the try is marked: its call begins. */
async function prepare(
  ctx: JobCtx,
  { attemptId, outgoing, content, number, files }: Try,
): Promise<OutgoingPayload> {
  const { message, contact } = outgoing;
  const to = addressOf(await selectAddresses(ctx, contact.id));
  const whole = content ?? await contentWithFiles(ctx, { message, files, number });
  if (files.length > 0) {
    await ctx.transact(async (tx) => {
      await ctx.assertLease(tx);
      await markCalled(tx, attemptId);
    });
  }
  const replyTo = message.meta?.["reply_to"];
  return { to, content: whole, replyTo: typeof replyTo === "string" ? replyTo : undefined };
}

function again(wait: number | null): void {
  if (wait !== null) throw new RetryAfter(wait, "WhatsApp did not take it; it is tried again");
}

async function hold(ctx: JobCtx, { message }: Outgoing, reason: string): Promise<void> {
  await ctx.transact(async (tx) => {
    await ctx.assertLease(tx);
    await changeState(tx, message, { state: "held", reason });
    await queueNext(tx, message.conversationId);
    await ctx.finish(tx);
  });
}
