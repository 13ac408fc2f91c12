import { z } from "zod";
import type { Ctx } from "../context.ts";
import { defineTool, type Tool } from "../kernel/define-tool.ts";
import { anything, list, page, rows } from "../kernel/tool-shapes.ts";
import { listChatAddresses, removeChatAddress, saveChatAddress } from "./chat-addresses.ts";
import { chatChannelField, chatNameField, urlField } from "./schemas.ts";

/** Where the workspace is told in Slack, Teams and Discord. */
export const addressTools: readonly Tool<Ctx>[] = [
  defineTool({
    name: "notification_addresses.list",
    summary: "Addresses of Slack, Teams and Discord by their names; the addresses themselves are never shown",
    scope: "notifications:read",
    destructive: false,
    input: page,
    output: list,
    run: async (ctx: Ctx, input) => rows(await listChatAddresses(ctx, input)),
  }),
  defineTool({
    name: "notification_addresses.save",
    summary:
      "Keeps a webhook's address of Slack, Teams or Discord under a name, in the place of an earlier one",
    scope: "webhooks:write",
    destructive: false,
    secret: true,
    input: z.object({ channel: chatChannelField, name: chatNameField.default("default"), url: urlField }),
    output: anything,
    run: async (ctx: Ctx, input) => ({ ...await saveChatAddress(ctx, input) }),
  }),
  defineTool({
    name: "notification_addresses.remove",
    summary: "Forgets an address of Slack, Teams or Discord",
    scope: "webhooks:write",
    destructive: true,
    input: z.object({ id: z.string().min(1).describe("The address's id") }),
    output: z.object({ removed: z.literal(true) }),
    run: async (ctx: Ctx, { id }) => {
      await removeChatAddress(ctx, id);
      return { removed: true as const };
    },
  }),
];
