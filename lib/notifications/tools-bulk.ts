import { z } from "zod";
import type { Ctx } from "../context.ts";
import { localeField } from "../identity/schemas.ts";
import { defineTool, type Tool } from "../kernel/define-tool.ts";
import { anything, list, page, rows } from "../kernel/tool-shapes.ts";
import { cancelBulk, getBulk, listBulks, sendBulk } from "./bulk.ts";
import {
  bulkRecipientField,
  categoryField,
  channelField,
  keyField,
  messageField,
  MOST_RECIPIENTS,
  priorityField,
  subjectField,
} from "./schemas.ts";

const one = z.object({ id: z.string().min(1).max(64).describe("The notification's id") });

/** What an agent, a person at the command line or a workflow can do with notifications to many. */
export const bulkTools: readonly Tool<Ctx>[] = [
  defineTool({
    name: "bulk_notifications.send",
    summary: "Sends the same words to many addresses of one channel, each once",
    scope: "notifications:write",
    destructive: true,
    input: z.object({
      channel: channelField,
      recipients: z.array(bulkRecipientField).min(1).max(MOST_RECIPIENTS).describe(
        "Addresses of the channel, or ids of contacts or users; or objects of recipient and data",
      ),
      subject: subjectField.optional(),
      message: messageField.describe("The words; {{name}} is filled from each recipient's data"),
      priority: priorityField.optional(),
      category: categoryField.optional(),
      key: keyField.optional().describe("The same key again is the same notification"),
      locale: localeField.optional(),
    }),
    output: anything,
    run: async (ctx: Ctx, order) => ({ ...await sendBulk(ctx, order) }),
  }),
  defineTool({
    name: "bulk_notifications.list",
    summary: "Notifications to many and how far each has come, the newest first",
    scope: "notifications:read",
    destructive: false,
    input: page,
    output: list,
    run: async (ctx: Ctx, input) => rows(await listBulks(ctx, input)),
  }),
  defineTool({
    name: "bulk_notifications.show",
    summary: "How far a notification to many has come",
    scope: "notifications:read",
    destructive: false,
    input: one,
    output: anything,
    run: async (ctx: Ctx, { id }) => ({ ...await getBulk(ctx, id) }),
  }),
  defineTool({
    name: "bulk_notifications.cancel",
    summary: "Stops a notification to many: what is not out yet stays in",
    scope: "notifications:write",
    destructive: true,
    input: one,
    output: anything,
    run: async (ctx: Ctx, { id }) => ({ ...await cancelBulk(ctx, id) }),
  }),
];
