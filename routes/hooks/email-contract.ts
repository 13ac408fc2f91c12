import { z } from "@hono/zod-openapi";
import { MAIL_LIMITS } from "../../lib/mail-in/mod.ts";
import { contract, problems } from "../router.ts";

/** The body is a mail and is kept as it came. */
export const emailRoute = contract({
  method: "post",
  path: "/api/hooks/email",
  operationId: "takeMail",
  summary:
    "A mail that came in: raw MIME, or a provider's JSON; signed by Standard Webhooks with MAIL_HOOK_SECRET",
  description:
    `At most ${MAIL_LIMITS.bytes} bytes as they come over the wire, files in base64 included, and ${MAIL_LIMITS.files} files. ` +
    "A larger one answers 413 with `max_bytes` and nothing of it is kept: a mail server that posts here must give it " +
    "back to its sender (SMTP 552), so let its own limit be no higher (Postfix: `message_size_limit`). One with more " +
    "files is answered by a mail to its sender. 503 and 5xx mean: later again. JSON has `from`, `to`, `cc`, " +
    "`envelope.to`, `reply_to`, `subject`, `text` or `html`, `message_id`, `in_reply_to`, `references`, `headers` " +
    "(texts by name) and `attachments` (`filename`, and `content` in base64); only `from` is needed. A mail with a " +
    "`reply_to` opens the ticket of whom that names. The same mail again, by its bytes or its Message-ID, is no second one.",
  tags: ["Hooks"],
  scope: null,
  responses: {
    202: {
      description: "Kept; a job makes a ticket or a comment of it",
      content: {
        "application/json": { schema: z.object({ id: z.string().nullable().openapi({ example: null }) }) },
      },
    },
    ...problems("bad_signature", "payload_too_large", "not_configured", "busy"),
  },
});
