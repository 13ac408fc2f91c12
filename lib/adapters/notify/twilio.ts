import { fromJson } from "../../kernel/json.ts";
import { z } from "zod";
import type { NotifyProvider } from "../../ports/notify.ts";
import type { NotifyFailureClass } from "../../ports/notify-failures.ts";
import { callVendor, cut, refusal } from "./http.ts";

export interface TwilioOptions {
  readonly accountSid: string;
  readonly authToken: string;
  /** A number in E.164, a sender's name, or a messaging service (`MG...`). */
  readonly from: string;
  readonly baseUrl: string;
}

const MAX_BODY = 1600;
const sentSchema = z.object({ sid: z.string(), status: z.string() });
const errorSchema = z.object({ code: z.number().optional(), message: z.string().optional() });

/** What a message's own error means (twilio.com/docs/api/errors). */
const BY_CODE: Readonly<Record<number, NotifyFailureClass>> = {
  20003: "auth",
  20429: "rate_limited",
  21211: "invalid_recipient",
  21408: "rejected",
  21610: "invalid_recipient",
  21612: "invalid_recipient",
  21614: "invalid_recipient",
};

/** Twilio's Messages resource. It has no idempotency key: a send that broke off may have gone out. */
export function createTwilio(
  { accountSid, authToken, from, baseUrl }: TwilioOptions,
  { fetch }: { readonly fetch: typeof globalThis.fetch },
): NotifyProvider<"sms"> {
  const url = `${baseUrl}/2010-04-01/Accounts/${encodeURIComponent(accountSid)}/Messages.json`;
  const authorization = `Basic ${btoa(`${accountSid}:${authToken}`)}`;
  return {
    name: "twilio",
    channel: "sms",
    idempotent: false,
    async send({ to, subject, text, statusUrl }, { signal }) {
      const words = subject === null || subject === "" ? text : `${subject}\n${text}`;
      const form = new URLSearchParams({
        To: to,
        [from.startsWith("MG") ? "MessagingServiceSid" : "From"]: from,
        Body: cut(words, MAX_BODY),
        ...(statusUrl === null ? {} : { StatusCallback: statusUrl }),
      });
      const answer = await callVendor(fetch, {
        url,
        headers: { authorization, "content-type": "application/x-www-form-urlencoded" },
        body: form.toString(),
        signal,
      });
      const body = fromJson(answer.text);
      const sent = sentSchema.safeParse(body);
      if (answer.status === 201 && sent.success) return { externalId: sent.data.sid, state: "sent" };
      const { code, message } = errorSchema.catch({}).parse(body);
      const known = code === undefined ? undefined : BY_CODE[code];
      throw refusal(answer, {
        name: "Twilio",
        by: known === undefined
          ? { 200: "outcome_unknown", 201: "outcome_unknown" }
          : { [answer.status]: known },
        vendorCode: code ?? answer.status,
        detail: message ?? null,
      });
    },
  };
}
