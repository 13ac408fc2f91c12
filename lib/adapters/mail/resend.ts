import { fromJson } from "../../kernel/json.ts";
import { z } from "zod";
import { AppError, type ErrorCode } from "../../kernel/errors.ts";
import { type Mail, type Mailer, senderAddress } from "../../ports/mail.ts";
import { notifyFailureOf } from "../../ports/notify-failures.ts";
import { retryAfterOf } from "../llm/retry-after.ts";
import { callVendor } from "../notify/http.ts";
import { checkMail } from "./check.ts";

export interface ResendOptions {
  readonly apiKey: string;
  readonly baseUrl: string;
  /** `Name <address>` or an address. */
  readonly from: string;
}

const errorSchema = z.object({ name: z.string().optional(), message: z.string().optional() });
/** Made when used: an isolate allows no signal outside a request. */
const noSignal = () => new AbortController().signal;

/** Ours to mend, or passing by itself: the mail should go out once it is. */
const PASSING: Readonly<Record<number, ErrorCode>> = {
  401: "upstream_failed",
  403: "upstream_failed",
  408: "upstream_failed",
  409: "upstream_failed",
  429: "rate_limited",
};

/**
 * Mail over HTTP by Resend's API (resend.com/docs/api-reference/emails/send-email), where there are no sockets. The
 * mail's id is its idempotency key, so the same mail twice within a day is sent once.
 */
export function createResendMailer(
  { apiKey, baseUrl, from }: ResendOptions,
  { fetch }: { readonly fetch: typeof globalThis.fetch },
): Mailer {
  return {
    configured: true,
    async send(mail) {
      checkMail(mail);
      const answer = await callVendor(fetch, {
        url: `${baseUrl}/emails`,
        headers: {
          authorization: `Bearer ${apiKey}`,
          "content-type": "application/json",
          "idempotency-key": mail.id,
        },
        body: JSON.stringify(bodyOf(mail, from)),
        signal: noSignal(),
      }).catch((thrown: unknown) => {
        const failure = notifyFailureOf(thrown);
        throw new AppError("upstream_failed", failure?.details ?? "Resend could not be reached", {
          cause: thrown,
          ...(failure?.class === "outcome_unknown" ? { extra: { outcome: "unknown" } } : {}),
        });
      });
      if (answer.status >= 200 && answer.status < 300) return;
      const { name, message } = read(answer.text);
      const detail = `Resend answered ${answer.status} ${name ?? ""}: ${(message ?? "").slice(0, 200)}`;
      const code = answer.status >= 500 ? "upstream_failed" : PASSING[answer.status] ?? "upstream_rejected";
      const retryAfterMs = retryAfterOf(answer.headers, { now: Date.now() });
      throw new AppError(code, detail, retryAfterMs === undefined ? {} : { retryAfterMs });
    },
  };
}

function bodyOf(
  { to, subject, text, html, inReplyTo, references, replyTo, from, fromName, byPerson, files = [] }: Mail,
  sender: string,
) {
  const address = from ?? senderAddress(sender);
  const name = fromName?.replace(/["<>\r\n]/g, " ").replace(/\s+/g, " ").trim();
  return {
    from: name === undefined ? from ?? sender : `"${name}" <${address}>`,
    to: [to],
    subject,
    text,
    ...(html === undefined ? {} : { html }),
    ...(replyTo === undefined ? {} : { reply_to: replyTo }),
    ...(files.length === 0 ? {} : {
      attachments: files.map(({ name, contentType, bytes }) => ({
        filename: name,
        content_type: contentType,
        content: bytes.toBase64(),
      })),
    }),
    headers: {
      ...(byPerson ? {} : { "Auto-Submitted": inReplyTo === undefined ? "auto-generated" : "auto-replied" }),
      ...(inReplyTo === undefined ? {} : { "In-Reply-To": inReplyTo }),
      ...(references === undefined ? {} : { References: references.join(" ") }),
    },
  };
}

function read(text: string): z.output<typeof errorSchema> {
  return errorSchema.catch({}).parse(fromJson(text));
}
