import { invalid } from "../../kernel/errors.ts";
import type { Mail } from "../../ports/mail.ts";

const MESSAGE_ID = /^<[^\s<>]{1,900}>$/;

// deno-lint-ignore no-control-regex -- control characters are exactly what is refused
const CONTROL = /[\u0000-\u001f\u007f]/;

const ADDRESS = /^[^\s<>,;:"()[\]\\]+@[^\s<>,;:"()[\]\\]+$/;

/** Nothing that a customer wrote may add a header or a recipient. */
export function checkMail({ to, subject, id, from, replyTo, inReplyTo, references = [] }: Mail): void {
  const ids = inReplyTo === undefined ? references : [inReplyTo, ...references];
  if (!ADDRESS.test(to) || CONTROL.test(to)) throw invalid("to", "is not one e-mail address");
  for (const [path, address] of Object.entries({ reply_to: replyTo, from })) {
    if (address !== undefined && (!ADDRESS.test(address) || CONTROL.test(address))) {
      throw invalid(path, "is not one e-mail address");
    }
  }
  if (!ids.every((one) => MESSAGE_ID.test(one))) throw invalid("references", "has what is no Message-ID");
  if (CONTROL.test(subject)) throw invalid("subject", "may not have line breaks");
  if (!/^[A-Za-z0-9._-]+$/.test(id)) throw invalid("id", "may have only letters, digits, dot, _ and -");
}
