import { createHmac } from "node:crypto";
import { type Receiver, startReceiver } from "./receiver.ts";

export const TWILIO = {
  accountSid: "AC00000000000000000000000000000000",
  authToken: "0123456789abcdef0123456789abcdef",
  from: "+15005550006",
} as const;

const problem = (status: number, code: number, message: string) =>
  Response.json({ code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status }, {
    status,
  });

/** Twilio's Messages resource: basic auth, a form, E.164, 1,600 characters. */
export function startFakeTwilio(): Receiver & { readonly env: Record<string, string> } {
  let sent = 0;
  const server = startReceiver({
    check: ({ method, url, headers, text }) => {
      const expected = `Basic ${btoa(`${TWILIO.accountSid}:${TWILIO.authToken}`)}`;
      if (headers.get("authorization") !== expected) return problem(401, 20003, "Authenticate");
      if (method !== "POST" || url.pathname !== `/2010-04-01/Accounts/${TWILIO.accountSid}/Messages.json`) {
        return problem(404, 20404, "The requested resource was not found");
      }
      if (headers.get("content-type") !== "application/x-www-form-urlencoded") {
        return problem(400, 21604, "A 'To' phone number is required.");
      }
      const form = new URLSearchParams(text);
      if (!/^\+[1-9]\d{6,14}$/.test(form.get("To") ?? "")) {
        return problem(400, 21211, "Invalid 'To' Phone Number");
      }
      if (form.get("From") !== TWILIO.from) return problem(400, 21606, "The From number is not yours");
      const body = form.get("Body") ?? "";
      if (body === "") return problem(400, 21602, "Message body is required.");
      return body.length > 1600 ? problem(400, 21617, "The concatenated message body exceeds 1600") : null;
    },
    usual: () => {
      sent++;
      const sid = `SM${String(sent).padStart(32, "0")}`;
      return Response.json({ sid, status: "queued", error_code: null, num_segments: "1" }, { status: 201 });
    },
  });
  return Object.assign(server, {
    env: {
      TWILIO_ACCOUNT_SID: TWILIO.accountSid,
      TWILIO_AUTH_TOKEN: TWILIO.authToken,
      TWILIO_FROM: TWILIO.from,
      TWILIO_BASE_URL: server.origin,
    },
  });
}

/** How Twilio signs a status callback (twilio.com/docs/usage/security#validating-requests). */
export function signTwilio(url: string, form: Readonly<Record<string, string>>): string {
  const text = url + Object.keys(form).sort().map((name) => `${name}${form[name]}`).join("");
  return createHmac("sha1", TWILIO.authToken).update(text).digest("base64");
}
