import { queueNext } from "../conversations/mod.ts";
import type { Tx } from "../context.ts";
import { classOfGraphCode } from "../ports/whatsapp-failures.ts";
import { type Json, list, record, textOf } from "./envelope.ts";
import { changeState } from "./change.ts";
import { type RankedState, rankOf } from "./policy.ts";
import { endAttempt, insertStray, selectAttempts } from "./store-attempts.ts";
import { type MessageRow, selectByWamid, selectMessageRow } from "./store-outgoing.ts";

/** Meta's words for what became of a message. A played voice message was heard, that is read. */
const STATES: Readonly<Record<string, RankedState>> = {
  sent: "sent",
  delivered: "delivered",
  read: "read",
  played: "read",
  failed: "failed",
};

/**
 * What Meta tells of a message of ours. Later news outranks earlier, whatever order they come in; news of a message
 * that we don't know are kept until it learns its id. Resolves to false for what can't be read.
 */
export async function applyStatus(
  tx: Tx,
  { channelAccountId, status }: { channelAccountId: string; status: Json },
): Promise<boolean> {
  const externalId = textOf(status["id"]);
  const state = STATES[textOf(status["status"])];
  if (externalId === "" || state === undefined) return false;
  const message = await selectByWamid(tx, { channelAccountId, externalId }) ??
    await byCallback(tx, { channelAccountId, externalId, id: textOf(status["biz_opaque_callback_data"]) });
  if (message === null) {
    await insertStray(tx, { channelAccountId, externalId, status: state, data: { ...status } });
    return true;
  }
  await apply(tx, { message, externalId, state, reason: state === "failed" ? reasonOf(status) : null });
  return true;
}

interface Callback {
  readonly channelAccountId: string;
  readonly externalId: string;
  readonly id: string;
}

/**
 * The message whose id Meta echoes: its own id of it never reached us. Not when that belongs to an earlier try that
 * was ended: then a person has sent it anew.
 */
async function byCallback(
  tx: Tx,
  { channelAccountId, externalId, id }: Callback,
): Promise<MessageRow | null> {
  if (!id.startsWith("msg_")) return null;
  const message = await selectMessageRow(tx, id);
  const ours = message?.direction === "out" && message.channelAccountId === channelAccountId;
  if (message === null || !ours || message.externalId !== null) return null;
  const attempts = await selectAttempts(tx, id);
  return attempts.some((attempt) => attempt.externalId === externalId) ? null : message;
}

interface Applied {
  readonly message: MessageRow;
  readonly externalId: string;
  readonly state: RankedState;
  readonly reason: string | null;
}

async function apply(tx: Tx, { message, externalId, state, reason }: Applied): Promise<void> {
  if (rankOf(message.state) >= rankOf(state)) return;
  const wasOpen = rankOf(message.state) === 0;
  if (wasOpen) {
    const open = (await selectAttempts(tx, message.id)).findLast(({ outcome }) => outcome === null);
    if (open !== undefined) await endAttempt(tx, open.id, { outcome: "accepted", externalId });
  }
  await changeState(tx, message, { state, reason, externalId });
  if (wasOpen) await queueNext(tx, message.conversationId);
}

/** The class of failure and Meta's code, such as `recipient_unreachable (131026)`. */
function reasonOf(status: Json): string {
  const [error] = list(status["errors"]);
  const code = Number(textOf(record(error)["code"]) || NaN);
  return Number.isFinite(code) ? `${classOfGraphCode(code)} (${code})` : "unknown_code";
}
