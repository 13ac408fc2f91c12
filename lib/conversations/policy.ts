import { AppError } from "../kernel/errors.ts";
import type { Channel, ConversationState, MessageState } from "./store.ts";

/** Who may have the word after whom. Closed is the end: a new message begins a new conversation. */
export const TRANSITIONS = {
  bot: ["waiting", "human", "closed"],
  waiting: ["bot", "human", "closed"],
  human: ["bot", "human", "waiting", "closed"],
  closed: [],
} as const satisfies Record<ConversationState, readonly ConversationState[]>;

/** Throws 409 with the states that would be legal. */
export function requireTransition(from: ConversationState, to: ConversationState): void {
  const allowed: readonly ConversationState[] = TRANSITIONS[from];
  if (allowed.includes(to)) return;
  const legal = allowed.length === 0 ? "it can't change any more" : `it may become ${allowed.join(", ")}`;
  throw new AppError("conflict", `The conversation is ${from}, so it can't become ${to}: ${legal}`, {
    extra: { state: from, allowed },
  });
}

/**
 * The state in which an outgoing message of a channel is stored. A stored one has arrived where the customer reads
 * it; `pending` ones wait for the channel's own sender.
 */
export const OUTGOING_STATE = {
  web: "sent",
  api: "sent",
  console: "sent",
  whatsapp: "pending",
} as const satisfies Record<Channel, MessageState>;

/** The general setting of the silence after which a burst is answered. */
export const DEBOUNCE_SETTING = {
  web: "debounceWebMs",
  api: "debounceWebMs",
  console: "debounceWebMs",
  whatsapp: "debounceWhatsappMs",
} as const satisfies Record<Channel, "debounceWebMs" | "debounceWhatsappMs">;

/** Whoever keeps writing is answered after this many silences, not never. */
export const MAX_DEBOUNCES = 5;

/** How many messages before the turn a language model is shown, and of how many characters in all. */
export const HISTORY = { messages: 12, characters: 8000 } as const;
