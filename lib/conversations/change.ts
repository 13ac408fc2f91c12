import { audit } from "../audit/mod.ts";
import type { Ctx } from "../context.ts";
import { emit } from "../events/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { enqueueLate } from "../jobs/mod.ts";
import { loadBusiness } from "./business.ts";
import { customerSeen } from "./jobs.ts";
import { loadTalk } from "./load.ts";
import { type ConversationView, conversationView } from "./present.ts";
import { updateConversation } from "./store.ts";
import { markAllAnswered, selectUnanswered } from "./store-messages.ts";
import { changeState, type Transition } from "./transition.ts";

export interface ConversationChoice {
  readonly conversationId: string;
}

/** The operator takes the word from the bot, or from a colleague. Throws 409 when it is closed. */
export async function takeOver(ctx: Ctx, { conversationId }: ConversationChoice): Promise<ConversationView> {
  requireScope(ctx, "conversations:write");
  return await change(ctx, { conversationId, transition: { to: "human", assigneeId: ctx.actor.id } });
}

/** Gives the word back to the bot, which answers what is still open. Throws 409 unless a person had or was to have it. */
export async function release(ctx: Ctx, { conversationId }: ConversationChoice): Promise<ConversationView> {
  requireScope(ctx, "conversations:write");
  return await change(ctx, { conversationId, transition: { to: "bot" } });
}

/** Ends it; what the customer writes next begins a new one. Throws 409 when it is closed. */
export async function closeConversation(
  ctx: Ctx,
  { conversationId }: ConversationChoice,
): Promise<ConversationView> {
  requireScope(ctx, "conversations:write");
  return await change(ctx, { conversationId, transition: { to: "closed" } });
}

const ACTIONS = {
  human: "conversation.take_over",
  bot: "conversation.release",
  closed: "conversation.close",
  waiting: "conversation.call",
} as const;

interface Change extends ConversationChoice {
  readonly transition: Transition;
}

async function change(ctx: Ctx, { conversationId, transition }: Change): Promise<ConversationView> {
  return await ctx.transact(async (tx) => {
    const { to } = transition;
    const [talk, business, open] = await Promise.all([
      loadTalk(tx, conversationId),
      loadBusiness(tx),
      to === "bot" ? selectUnanswered(tx, conversationId, 1) : [],
    ]);
    const same = to === "human" && talk.conversation.state === "human" &&
      talk.conversation.assigneeId === transition.assigneeId;
    if (same) return conversationView(talk.conversation, talk.contact);
    const changed = await changeState(tx, { talk, transition, business, asked: open.length > 0 });
    if (to === "closed") await markAllAnswered(tx, { conversationId, answerId: null });
    await audit(tx, {
      action: ACTIONS[to],
      subjectId: conversationId,
      detail: { from: talk.conversation.state },
    });
    return conversationView(changed.conversation, changed.contact);
  });
}

/** An operator has seen all its messages. */
export async function markRead(ctx: Ctx, { conversationId }: ConversationChoice): Promise<ConversationView> {
  requireScope(ctx, "conversations:write");
  return await ctx.transact(async (tx) => {
    const { conversation, contact } = await loadTalk(tx, conversationId);
    if (conversation.unread > 0) {
      await updateConversation(tx, conversationId, { unread: 0 });
      if (conversation.channel === "whatsapp") {
        await enqueueLate(tx, customerSeen, { conversationId, typing: false });
      }
      await emit(tx, {
        type: "conversation.read",
        subjectId: conversationId,
        conversationId,
        data: { unread: 0 },
      });
    }
    return conversationView({ ...conversation, unread: 0 }, contact);
  });
}
