import { z } from "@hono/zod-openapi";
import { contract, problems } from "../router.ts";

/** The body is a mail and is kept as it came. */
export const emailRoute = contract({
  method: "post",
  path: "/api/hooks/email",
  operationId: "takeMail",
  summary:
    "A mail that came in: raw MIME, or a provider's JSON; signed by Standard Webhooks with MAIL_HOOK_SECRET",
  tags: ["Hooks"],
  scope: null,
  responses: {
    202: {
      description: "Kept; a job makes a ticket or a comment of it",
      content: {
        "application/json": { schema: z.object({ id: z.string().nullable().openapi({ example: null }) }) },
      },
    },
    ...problems("bad_signature", "payload_too_large", "not_configured"),
  },
});
