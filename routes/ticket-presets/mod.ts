import { presetRoutes } from "./presets.ts";

/** What a desk prepares once and uses often. */
export const ticketPresets = [
  presetRoutes({
    kind: "category",
    path: "/api/ticket-categories",
    name: "TicketCategory",
    plural: "TicketCategories",
  }),
  presetRoutes({
    kind: "canned_reply",
    path: "/api/canned-replies",
    name: "CannedReply",
    plural: "CannedReplies",
  }),
  presetRoutes({ kind: "macro", path: "/api/ticket-macros", name: "TicketMacro", plural: "TicketMacros" }),
  presetRoutes({ kind: "view", path: "/api/ticket-views", name: "TicketView", plural: "TicketViews" }),
] as const;
