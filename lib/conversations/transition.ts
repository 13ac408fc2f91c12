import type { Tx } from "../context.ts";
import { emit } from "../events/mod.ts";
import { enqueueLate } from "../jobs/mod.ts";
import { returnTime } from "./business.ts";
import type { BusinessConfig } from "./business-schema.ts";
import { conversationAnswer, conversationReturn } from "./jobs.ts";
import { callOperators } from "./call.ts";
import { requireTransition } from "./policy.ts";
import { conversationView } from "./present.ts";
import { type ConversationRow, type Talk, updateConversation } from "./store.ts";
import { selectUnanswered } from "./store-messages.ts";

/** `no_answer`: the bot could not answer; `operator`: an operator said so. */
export type HandoverReason = "asked" | "phrase" | "no_answer" | "operator";

export type Transition =
  | { readonly to: "waiting"; readonly reason: HandoverReason }
  | { readonly to: "human"; readonly assigneeId: string | null }
  | { readonly to: "bot" }
  | { readonly to: "closed" };

export interface StateChange {
  readonly talk: Talk;
  readonly transition: Transition;
  readonly business: BusinessConfig;
  /** Whether the customer has said something that is not answered yet, where that was read already. */
  readonly asked?: boolean;
}

/**
 * The one place where a conversation changes its state: with its event, the timed return, the call for operators,
 * and the bot's next turn. Throws 409 with the legal states.
 */
export async function changeState(
  tx: Tx,
  { talk, transition, business, asked }: StateChange,
): Promise<Talk> {
  const { conversation, contact } = talk;
  requireTransition(conversation.state, transition.to);
  const change = fieldsOf(tx, { transition, business });
  await updateConversation(tx, conversation.id, change);
  const changed: Talk = { contact, conversation: { ...conversation, ...change } };
  await emit(tx, {
    type: "conversation.changed",
    subjectId: conversation.id,
    conversationId: conversation.id,
    data: {
      conversation: conversationView(changed.conversation, contact),
      previous_state: conversation.state,
    },
  });
  await whatFollows(tx, { talk: changed, business, asked });
  return changed;
}

type Fields = Pick<
  ConversationRow,
  "state" | "assigneeId" | "handoverReason" | "waitingSince" | "returnAt" | "closedAt" | "misses"
>;

function fieldsOf(
  tx: Tx,
  { transition, business }: { transition: Transition; business: BusinessConfig },
): Fields {
  const now = tx.now();
  const { to } = transition;
  return {
    state: to,
    assigneeId: to === "human" ? transition.assigneeId : null,
    handoverReason: to === "waiting" ? transition.reason : null,
    waitingSince: to === "waiting" ? now : null,
    returnAt: to === "waiting" || to === "human" ? returnTime(business, { state: to, now }) : null,
    closedAt: to === "closed" ? now : null,
    misses: 0,
  };
}

/** The job that looks whether it is time; one that waits already stays, and looks again itself. */
export async function scheduleReturn(
  tx: Tx,
  { id: conversationId, state, returnAt }: Pick<ConversationRow, "id" | "state" | "returnAt">,
): Promise<void> {
  if (returnAt === null) return;
  const key = `${conversationId}:${state}`;
  await enqueueLate(tx, conversationReturn, { conversationId }, { runAt: returnAt, key });
}

async function whatFollows(
  tx: Tx,
  { talk, business, asked }: Pick<StateChange, "talk" | "business"> & { asked: boolean | undefined },
): Promise<void> {
  const { id: conversationId, state } = talk.conversation;
  await scheduleReturn(tx, talk.conversation);
  if (state === "waiting") await callOperators(tx, { talk, business });
  const botsTurn = state === "bot" && talk.contact.optedOutAt === null;
  if (!botsTurn) return;
  if (asked ?? (await selectUnanswered(tx, conversationId, 1)).length > 0) {
    await enqueueLate(tx, conversationAnswer, { conversationId });
  }
}
