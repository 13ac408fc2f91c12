import type { Tx } from "../context.ts";
import { emit } from "../events/mod.ts";
import { conversationView } from "./present.ts";
import { type ConversationRow, insertConversation, selectOpen } from "./store.ts";
import type { ChannelAccountRow } from "./store-channels.ts";
import type { ContactRow } from "./store-contacts.ts";

/** The open conversation of a contact on an account, begun when there is none. */
export async function openConversation(
  tx: Tx,
  { account, contact }: { account: ChannelAccountRow; contact: ContactRow },
): Promise<ConversationRow> {
  const of = { channelAccountId: account.id, contactId: contact.id };
  const standing = await selectOpen(tx, of);
  if (standing !== null) return standing;
  const { channel } = account;
  const conversation = await insertConversation(tx, { ...of, channel, locale: contact.locale });
  await emit(tx, {
    type: "conversation.opened",
    subjectId: conversation.id,
    conversationId: conversation.id,
    data: { conversation: conversationView(conversation, contact) },
  });
  return conversation;
}
