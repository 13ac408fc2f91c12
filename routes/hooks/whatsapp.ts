import { answerChallenge, takeWebhook } from "../../lib/messaging/mod.ts";
import { createRouter } from "../router.ts";
import { challengeRoute, webhookRoute } from "./whatsapp-contract.ts";

/** Meta's webhook: verified, stored, answered; everything else is a job. */
export const whatsAppHook = createRouter()
  .openapi(challengeRoute, async (c) => {
    const query = c.req.valid("query");
    const challenge = await answerChallenge(c.var.ctx, {
      mode: query["hub.mode"],
      token: query["hub.verify_token"],
      challenge: query["hub.challenge"],
    });
    return c.text(challenge, 200);
  })
  .openapi(webhookRoute, async (c) => {
    const bytes = new Uint8Array(await c.req.arrayBuffer());
    await takeWebhook(c.var.ctx, { bytes, signature: c.req.raw.headers.get("x-hub-signature-256") });
    return c.text("", 200);
  });
