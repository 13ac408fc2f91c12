import { z } from "@hono/zod-openapi";
import { contract, problems } from "../router.ts";

const tags = ["Hooks"];

export const challengeRoute = contract({
  method: "get",
  path: "/api/whatsapp/webhook",
  operationId: "answerWhatsAppChallenge",
  summary: "Meta's check of the webhook's address: answers the challenge when the verify token is ours",
  tags,
  scope: null,
  request: {
    query: z.object({
      "hub.mode": z.string().optional().openapi({ example: "subscribe" }),
      "hub.verify_token": z.string().optional().openapi({ example: "my-verify-token" }),
      "hub.challenge": z.string().max(500).optional().openapi({ example: "1158201444" }),
    }),
  },
  responses: {
    200: { description: "The challenge", content: { "text/plain": { schema: z.string() } } },
    ...problems("forbidden", "not_configured"),
  },
});

/** The body is Meta's and is kept as it came; it is not validated here. */
export const webhookRoute = contract({
  method: "post",
  path: "/api/whatsapp/webhook",
  operationId: "takeWhatsAppWebhook",
  summary:
    "Events of Meta's Cloud API, signed with the app's secret (X-Hub-Signature-256); stored, then read by a job",
  tags,
  scope: null,
  responses: {
    200: { description: "Stored", content: { "text/plain": { schema: z.string() } } },
    ...problems("bad_signature", "payload_too_large", "not_configured"),
  },
});
