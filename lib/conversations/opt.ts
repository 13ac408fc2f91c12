import type { Tx } from "../context.ts";
import { audit } from "../audit/mod.ts";
import { emit } from "../events/mod.ts";
import { PHRASES } from "./phrases.ts";
import { contactView } from "./present.ts";
import { post } from "./post.ts";
import type { Talk } from "./store.ts";
import { updateContact } from "./store-contacts.ts";
import { markAnswered, type MessageRow } from "./store-messages.ts";
import { optWishOf } from "./words.ts";

/**
 * Honours a message that is nothing but an opt-out or opt-in word, and says so once. Resolves to whether it was one:
 * then the bot has nothing to answer.
 */
export async function applyOptWish(
  tx: Tx,
  { talk, message }: { talk: Talk; message: MessageRow },
): Promise<boolean> {
  const asked = optWishOf(message.text);
  const out = talk.contact.optedOutAt !== null;
  if (asked === null || (asked.wish === "in" && !out)) return false;
  const optedOutAt = asked.wish === "out" ? talk.contact.optedOutAt ?? tx.now() : null;
  const contact = { ...talk.contact, optedOutAt };
  await updateContact(tx, contact.id, { optedOutAt });
  const type = asked.wish === "out" ? "contact.opted_out" : "contact.opted_in";
  await emit(tx, { type, subjectId: contact.id, data: { contact: contactView(contact) } });
  await audit(tx, { action: `contact.opt_${asked.wish}`, subjectId: contact.id });
  const phrases = PHRASES[asked.locale];
  const sent = await post(tx, {
    talk,
    text: asked.wish === "out" ? phrases.optedOut : phrases.optedIn,
    author: "system",
  });
  await markAnswered(tx, { ids: [message.id], answerId: sent.message.id });
  return true;
}
