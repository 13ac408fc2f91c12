import { z } from "zod";
import type { Ctx } from "../context.ts";
import { MOODS } from "../sentiment/mod.ts";
import { defineTool, type Tool } from "../kernel/define-tool.ts";
import { receiveFromApi } from "./api-channel.ts";
import { getBusiness, setBusiness } from "./business.ts";
import { businessChangeSchema } from "./business-schema.ts";
import { closeConversation, release, takeOver } from "./change.ts";
import { changeContact, contactChange } from "./change-contact.ts";
import { getContact, listContacts } from "./contacts.ts";
import { listConversations, listMessages } from "./list.ts";
import { reply, sendMessage } from "./reply.ts";
import { CHANNELS, CONVERSATION_STATES, LIMITS } from "./schemas.ts";
import { anything, list, page } from "../kernel/tool-shapes.ts";

const contact = z.object({ contact_id: z.string().min(1).describe("The contact's id, such as con_01k...") });
const one = z.object({ conversation_id: z.string().describe("The conversation's id") });
const spoken = one.extend({ text: z.string().min(1).max(LIMITS.text) });

/** A view is a plain object; tools show it as one. */
function shown(view: object): Record<string, unknown> {
  return { ...view };
}

function pageShown({ data, next_cursor }: { data: readonly object[]; next_cursor: string | null }) {
  return { data: data.map(shown), next_cursor };
}

/** What an agent, an operator at the command line or a workflow can do with conversations. */
export const conversationTools: readonly Tool<Ctx>[] = [
  defineTool({
    name: "conversations.list",
    summary: "Conversations, the latest message first",
    scope: "conversations:read",
    destructive: false,
    input: z.object({
      state: z.enum([...CONVERSATION_STATES, "open"]).optional(),
      channel: z.enum(CHANNELS).optional(),
      mood: z.enum(MOODS).optional().describe("How the customer's latest words sound"),
      q: z.string().max(200).optional().describe("In the contact's name or the last message"),
      ...page.shape,
    }),
    output: list,
    run: async (ctx: Ctx, input) => pageShown(await listConversations(ctx, input)),
  }),
  defineTool({
    name: "conversations.read",
    summary: "The messages of a conversation in the order of time, the latest page first",
    scope: "conversations:read",
    destructive: false,
    input: one.extend(page.shape),
    output: list,
    run: async (ctx: Ctx, { conversation_id, ...query }) =>
      pageShown(await listMessages(ctx, { conversationId: conversation_id, ...query })),
  }),
  defineTool({
    name: "conversations.reply",
    summary: "Answers a customer as an operator; takes the conversation over when nobody has it",
    scope: "conversations:write",
    destructive: true,
    input: spoken,
    output: anything,
    run: async (ctx: Ctx, { conversation_id, text }) =>
      shown(await reply(ctx, { conversationId: conversation_id, text })),
  }),
  defineTool({
    name: "conversations.send",
    summary: "Sends an automatic message into a conversation and leaves the word with whoever has it",
    scope: "conversations:write",
    destructive: true,
    input: spoken,
    output: anything,
    run: async (ctx: Ctx, { conversation_id, text }) =>
      shown(await sendMessage(ctx, { conversationId: conversation_id, text })),
  }),
  defineTool({
    name: "conversations.ask",
    summary: "Speaks as a customer over the console channel; the bot answers into the conversation",
    scope: "conversations:write",
    destructive: false,
    input: z.object({
      customer: z.string().min(1).max(LIMITS.identity).default("console"),
      text: z.string().min(1).max(LIMITS.text),
    }),
    output: anything,
    run: async (ctx: Ctx, { customer, text }) =>
      shown(await receiveFromApi(ctx, { contact: { external_id: customer }, text }, "console")),
  }),
  defineTool({
    name: "conversations.takeover",
    summary: "Takes a conversation from the bot, or from a colleague",
    scope: "conversations:write",
    destructive: false,
    input: one,
    output: anything,
    run: async (ctx: Ctx, { conversation_id }) =>
      shown(await takeOver(ctx, { conversationId: conversation_id })),
  }),
  defineTool({
    name: "conversations.release",
    summary: "Gives a conversation back to the bot",
    scope: "conversations:write",
    destructive: false,
    input: one,
    output: anything,
    run: async (ctx: Ctx, { conversation_id }) =>
      shown(await release(ctx, { conversationId: conversation_id })),
  }),
  defineTool({
    name: "conversations.close",
    summary: "Closes a conversation; what the customer writes next begins a new one",
    scope: "conversations:write",
    destructive: true,
    input: one,
    output: anything,
    run: async (ctx: Ctx, { conversation_id }) =>
      shown(await closeConversation(ctx, { conversationId: conversation_id })),
  }),
  defineTool({
    name: "contacts.list",
    summary: "Contacts, the newest first",
    scope: "contacts:read",
    destructive: false,
    input: z.object({
      q: z.string().max(200).optional().describe("In the name or an identifier"),
      ...page.shape,
    }),
    output: list,
    run: async (ctx: Ctx, input) => pageShown(await listContacts(ctx, input)),
  }),
  defineTool({
    name: "contacts.show",
    summary: "One contact with its identifiers",
    scope: "contacts:read",
    destructive: false,
    input: contact,
    output: anything,
    run: async (ctx: Ctx, { contact_id }) => shown(await getContact(ctx, { contactId: contact_id })),
  }),
  defineTool({
    name: "contacts.change",
    summary: "Changes a contact's name or language, or adds an address or a number",
    scope: "contacts:write",
    destructive: false,
    input: contactChange.extend(contact.shape),
    output: anything,
    run: async (ctx: Ctx, { contact_id, ...change }) =>
      shown(await changeContact(ctx, { contactId: contact_id, ...change })),
  }),
  defineTool({
    name: "business.get",
    summary: "The business as its customers meet it",
    scope: "business:read",
    destructive: false,
    input: z.object({}),
    output: anything,
    run: async (ctx: Ctx) => shown(await getBusiness(ctx)),
  }),
  defineTool({
    name: "business.set",
    summary: "Changes the given fields of the business",
    scope: "business:write",
    destructive: false,
    input: businessChangeSchema,
    output: anything,
    run: async (ctx: Ctx, change) => shown(await setBusiness(ctx, change)),
  }),
];
