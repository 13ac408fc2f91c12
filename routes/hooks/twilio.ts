import { takeSmsStatus } from "../../lib/notifications/mod.ts";
import { createRouter } from "../router.ts";
import { smsStatusRoute } from "./twilio-contract.ts";

/** Twilio's status callback: verified, a job, answered. */
export const twilioHook = createRouter().openapi(smsStatusRoute, async (c) => {
  const signature = c.req.raw.headers.get("x-twilio-signature");
  await takeSmsStatus(c.var.ctx, { body: await c.req.text(), signature });
  return c.body(null, 204);
});
