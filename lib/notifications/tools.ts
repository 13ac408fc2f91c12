import { z } from "zod";
import type { Ctx } from "../context.ts";
import { defineTool, type Tool } from "../kernel/define-tool.ts";
import { anything, list, page, rows } from "../kernel/tool-shapes.ts";
import { ROLE_NAMES } from "../kernel/scopes.ts";
import { announce } from "./admin.ts";
import { getDelivery, listDeliveries, resendDelivery } from "./history.ts";
import {
  channelField,
  DELIVERY_STATES,
  keyField,
  LIMITS,
  messageField,
  priorityField,
  recipientField,
  subjectField,
} from "./schemas.ts";
import { sendNotification } from "./send.ts";
import { addressTools } from "./tools-addresses.ts";
import { bulkTools } from "./tools-bulk.ts";
import { endpointTools } from "./tools-endpoints.ts";

/** What an agent, an operator at the command line or a workflow can do with notifications. */
export const notificationTools: readonly Tool<Ctx>[] = [
  defineTool({
    name: "notifications.send",
    summary: "Sends words to one address over one channel",
    scope: "notifications:write",
    destructive: true,
    input: z.object({
      channel: channelField,
      recipient: recipientField.describe("An address of the channel, or the id of a contact or a user"),
      subject: subjectField.optional(),
      message: messageField.optional().describe("The words; or else a template and its data"),
      template: z.string().max(100).optional().describe("The name of one of the workspace's templates"),
      data: z.record(z.string(), z.unknown()).optional(),
      priority: priorityField.optional(),
      key: keyField.optional().describe("The same key again is the same notification"),
    }),
    output: anything,
    run: async (ctx: Ctx, order) => ({ ...await sendNotification(ctx, order) }),
  }),
  defineTool({
    name: "notifications.list",
    summary: "Deliveries of notifications and what became of them, the newest first",
    scope: "notifications:read",
    destructive: false,
    input: page.extend({
      channel: channelField.optional(),
      state: z.enum(DELIVERY_STATES).optional(),
      subject_id: z.string().max(64).optional().describe("What they are about, for example a ticket"),
    }),
    output: list,
    run: async (ctx: Ctx, { state, subject_id: subjectId, ...query }) => {
      const states = state === undefined ? undefined : [state];
      return rows(await listDeliveries(ctx, { ...query, states, subjectId }));
    },
  }),
  defineTool({
    name: "notifications.show",
    summary: "One delivery and every try",
    scope: "notifications:read",
    destructive: false,
    input: z.object({ id: z.string().min(1).describe("The delivery's id") }),
    output: anything,
    run: async (ctx: Ctx, { id }) => ({ ...await getDelivery(ctx, id) }),
  }),
  defineTool({
    name: "notifications.announce",
    summary: "Tells people of the workspace something: those named, those of some roles, or everybody",
    scope: "members:write",
    destructive: true,
    input: z.object({
      user_ids: z.array(z.string().max(64)).min(1).max(LIMITS.recipients).optional(),
      roles: z.array(z.enum(ROLE_NAMES)).min(1).optional(),
      channels: z.array(channelField).min(1).optional().describe("Without them: in the app and by mail"),
      subject: subjectField.default(""),
      message: messageField,
      priority: priorityField.optional(),
      key: keyField.optional().describe("The same key again is the same notification"),
    }),
    output: anything,
    run: async (ctx: Ctx, { user_ids: userIds, ...words }) => ({
      ...await announce(ctx, { ...words, userIds }),
    }),
  }),
  defineTool({
    name: "notifications.resend",
    summary: "Sends a failed, skipped or doubtful delivery once more; it may arrive twice",
    scope: "notifications:write",
    destructive: true,
    input: z.object({ id: z.string().min(1).describe("The delivery's id") }),
    output: anything,
    run: async (ctx: Ctx, { id }) => ({ ...await resendDelivery(ctx, id) }),
  }),
  ...addressTools,
  ...bulkTools,
  ...endpointTools,
];
