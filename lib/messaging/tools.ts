import { z } from "zod";
import type { Ctx } from "../context.ts";
import { defineTool, type Tool } from "../kernel/define-tool.ts";
import { examineWhatsApp } from "./doctor.ts";
import { cancelQueued, getQueued, listQueue, QUEUE_STATES, queueStats, retryQueued } from "./queue.ts";
import { whatsAppStatus } from "./status-of-numbers.ts";
import { newTemplate, templateChange, templateQuery, templateSync } from "./template-schema.ts";
import {
  createTemplate,
  deleteTemplate,
  editTemplate,
  listTemplates,
  syncTemplates,
  toTemplateDto,
} from "./templates.ts";
import { anything, list, page } from "../kernel/tool-shapes.ts";

const rows = (found: readonly object[]) => found.map((row) => ({ ...row }));
const one = z.object({ id: z.string().min(1) });

const queueTools: readonly Tool<Ctx>[] = [
  defineTool({
    name: "queue.list",
    summary: "What waits to go out, was held, or went, and why it waits",
    scope: "conversations:read",
    destructive: false,
    input: z.object({
      ...page.shape,
      state: z.array(z.enum(QUEUE_STATES)).optional().describe("Only these states."),
      conversation_id: z.string().optional(),
    }),
    output: list,
    run: async (ctx: Ctx, { state, conversation_id, ...asked }) => {
      const found = await listQueue(ctx, { ...asked, states: state, conversationId: conversation_id });
      return { data: rows(found.data), next_cursor: found.next_cursor };
    },
  }),
  defineTool({
    name: "queue.show",
    summary: "One outgoing message and every try to send it",
    scope: "conversations:read",
    destructive: false,
    input: one,
    output: anything,
    run: async (ctx: Ctx, { id }) => ({ ...await getQueued(ctx, { messageId: id }) }),
  }),
  defineTool({
    name: "queue.stats",
    summary: "How many messages are in which state",
    scope: "conversations:read",
    destructive: false,
    input: z.object({}),
    output: anything,
    run: async (ctx: Ctx) => ({ ...await queueStats(ctx) }),
  }),
  defineTool({
    name: "queue.cancel",
    summary: "Take a message out of the queue",
    scope: "conversations:write",
    destructive: true,
    input: one,
    output: anything,
    run: async (ctx: Ctx, { id }) => ({ ...await cancelQueued(ctx, { messageId: id }) }),
  }),
  defineTool({
    name: "queue.retry",
    summary: "Send a held, failed or cancelled message once more; the customer may get it twice",
    scope: "conversations:write",
    destructive: true,
    input: one,
    output: anything,
    run: async (ctx: Ctx, { id }) => ({ ...await retryQueued(ctx, { messageId: id }) }),
  }),
];

const templateTools: readonly Tool<Ctx>[] = [
  defineTool({
    name: "templates.list",
    summary: "WhatsApp message templates as Meta last told of them",
    scope: "channels:read",
    destructive: false,
    input: templateQuery.extend(page.shape),
    output: list,
    run: async (ctx: Ctx, input) => {
      const { data, next_cursor } = await listTemplates(ctx, input);
      return { data: data.map(toTemplateDto), next_cursor };
    },
  }),
  defineTool({
    name: "templates.sync",
    summary: "Ask Meta for all templates",
    scope: "channels:write",
    destructive: false,
    input: templateSync,
    output: z.object({ found: z.int(), removed: z.int() }),
    run: syncTemplates,
  }),
  defineTool({
    name: "templates.create",
    summary: "Hand a template in for Meta's review",
    scope: "channels:write",
    destructive: false,
    input: newTemplate,
    output: anything,
    run: async (ctx: Ctx, input) => toTemplateDto(await createTemplate(ctx, input)),
  }),
  defineTool({
    name: "templates.edit",
    summary: "Replace the parts of a template; Meta reviews it again",
    scope: "channels:write",
    destructive: false,
    input: templateChange,
    output: anything,
    run: async (ctx: Ctx, input) => toTemplateDto(await editTemplate(ctx, input)),
  }),
  defineTool({
    name: "templates.delete",
    summary: "Delete one language of a template, at Meta and here",
    scope: "channels:write",
    destructive: true,
    input: one,
    output: z.object({ deleted: z.string() }),
    run: async (ctx: Ctx, { id }) => {
      await deleteTemplate(ctx, id);
      return { deleted: id };
    },
  }),
];

/** What an agent, an operator at the command line or a workflow can do with messages that go out. */
export const messagingTools: readonly Tool<Ctx>[] = [
  ...queueTools,
  ...templateTools,
  defineTool({
    name: "whatsapp.status",
    summary: "Each WhatsApp number: whether it sends, when something last came and went",
    scope: "channels:read",
    destructive: false,
    input: z.object({}),
    output: z.object({ data: z.array(anything) }),
    run: async (ctx: Ctx) => ({ data: rows(await whatsAppStatus(ctx)) }),
  }),
  defineTool({
    name: "whatsapp.examine",
    summary: "What is wrong between the numbers and Meta, and how to mend it",
    scope: "channels:write",
    destructive: false,
    input: z.object({}),
    output: z.object({ data: z.array(anything) }),
    run: async (ctx: Ctx) => {
      const found = await examineWhatsApp(ctx);
      const data = found.flatMap(({ name, findings }) =>
        findings.map((finding) => ({ number: name, ...finding }))
      );
      return { data };
    },
  }),
];
