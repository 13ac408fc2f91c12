import { sql } from "drizzle-orm";
import { channelAccounts, contacts, conversations, messages } from "../../db/schema/conversations.ts";
import { CHOICES } from "../words/mod.ts";
import type { Dataset } from "./dataset.ts";

const c = conversations;

const countOf = (direction: "in" | "out") =>
  sql`(select count(*) from ${messages} where ${messages.conversationId} = ${c.id}
    and ${messages.direction} = ${direction})`;

/** One row a conversation. */
export const conversationsDataset: Dataset = {
  title: { es: "Conversaciones", en: "Conversations" },
  scope: "conversations:read",
  from: sql`${c} join ${contacts} on ${contacts.id} = ${c.contactId}
    join ${channelAccounts} on ${channelAccounts.id} = ${c.channelAccountId}`,
  workspace: sql`${c.workspaceId}`,
  id: sql`${c.id}`,
  time: sql`${c.createdAt}`,
  changed: sql`${c.changedAt}`,
  columns: {
    id: { kind: "text", label: { es: "Conversación", en: "Conversation" }, value: sql`${c.id}` },
    created_at: { kind: "time", label: { es: "Comenzó", en: "Began" }, value: sql`${c.createdAt}` },
    state: {
      kind: "text",
      label: { es: "Estado", en: "State" },
      value: sql`${c.state}`,
      choices: CHOICES.conversation_state,
    },
    channel: {
      kind: "text",
      label: { es: "Canal", en: "Channel" },
      value: sql`${channelAccounts.channel}`,
      choices: CHOICES.channel,
    },
    contact: {
      person: true,
      kind: "text",
      label: { es: "Contacto", en: "Contact" },
      value: sql`${contacts.name}`,
    },
    last_message_at: {
      kind: "time",
      label: { es: "Último mensaje", en: "Last message" },
      value: sql`${c.lastMessageAt}`,
    },
    messages_in: { kind: "number", label: { es: "Recibidos", en: "Received" }, value: countOf("in") },
    messages_out: { kind: "number", label: { es: "Enviados", en: "Sent" }, value: countOf("out") },
  },
  plain: [
    "id",
    "created_at",
    "state",
    "channel",
    "contact",
    "messages_in",
    "messages_out",
    "last_message_at",
  ],
};
