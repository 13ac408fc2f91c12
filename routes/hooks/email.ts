import { takeSignedMail } from "../../lib/mail-in/mod.ts";
import { systemActor } from "../../lib/kernel/actors.ts";
import { createRouter } from "../router.ts";
import { emailRoute } from "./email-contract.ts";

/** A provider's webhook for mail: verified, kept, answered; the rest is a job. Svix writes its own header names. */
export const emailHook = createRouter().openapi(emailRoute, async (c) => {
  const header = (name: string) => c.req.header(`webhook-${name}`) ?? c.req.header(`svix-${name}`) ?? null;
  const json = /^application\/json/i.test(c.req.header("content-type") ?? "");
  const { receiptId } = await takeSignedMail(c.var.ctx.as({ actor: systemActor("mail") }), {
    raw: new Uint8Array(await c.req.arrayBuffer()),
    format: json ? "json" : "mime",
    id: header("id"),
    timestamp: header("timestamp"),
    signature: header("signature"),
  });
  return c.json({ id: receiptId }, 202);
});
