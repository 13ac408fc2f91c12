import type { Tx } from "../context.ts";
import { emit } from "../events/mod.ts";
import { conversationView } from "./present.ts";
import { type ConversationRow, insertConversation, selectOpen } from "./store.ts";
import type { ChannelAccountRow } from "./store-channels.ts";
import type { ContactRow } from "./store-contacts.ts";

interface Between {
  readonly account: ChannelAccountRow;
  readonly contact: ContactRow;
}

/** The open conversation of a contact on an account, begun when there is none. */
export async function openConversation(
  tx: Tx,
  between: Between,
): Promise<ConversationRow> {
  const { account: { id: channelAccountId }, contact: { id: contactId } } = between;
  return await selectOpen(tx, { channelAccountId, contactId }) ?? await beginConversation(tx, between);
}

/** Begins one; there must be none that is open. */
export async function beginConversation(tx: Tx, { account, contact }: Between): Promise<ConversationRow> {
  const conversation = await insertConversation(tx, {
    channelAccountId: account.id,
    contactId: contact.id,
    channel: account.channel,
    locale: contact.locale,
  });
  await emit(tx, {
    type: "conversation.opened",
    subjectId: conversation.id,
    conversationId: conversation.id,
    data: { conversation: conversationView(conversation, contact) },
  });
  return conversation;
}
