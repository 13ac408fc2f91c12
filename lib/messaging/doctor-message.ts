import type { Ctx } from "../context.ts";
import { AppError, messageOf } from "../kernel/errors.ts";
import { newId } from "../kernel/ids.ts";
import type { OutgoingContent } from "../ports/whatsapp.ts";
import { whatsAppFailureOf } from "../ports/whatsapp-failures.ts";
import { fail, type Finding, ok, skip, warn } from "./finding.ts";
import type { WhatsAppNumber } from "./numbers.ts";

const CHECK = "test message";
const TEXT: OutgoingContent = { type: "text", text: "Cauce: this number is connected." };
/** Every new business account is born with it. */
const TEMPLATE: OutgoingContent = { type: "template", name: "hello_world", language: "en_US" };

/** Sends a text, or outside of the window the sample template, to `to`; it is not kept in any conversation. */
export async function sendTest(
  ctx: Ctx,
  { number, to }: { number: WhatsAppNumber; to: string | undefined },
): Promise<Finding> {
  if (to === undefined) return skip(CHECK, "none asked for: give --send-to <phone>");
  try {
    return ok(CHECK, sent("a text", await send(ctx, { number, to, content: TEXT })));
  } catch (thrown) {
    if (whatsAppFailureOf(thrown)?.class !== "window_closed") return refused(thrown);
  }
  const mend = "write to the number from that phone (this opens 24 hours), then run this again";
  try {
    return ok(CHECK, sent("the template hello_world", await send(ctx, { number, to, content: TEMPLATE })));
  } catch (thrown) {
    return warn(CHECK, `that phone has not written within 24 hours, and ${messageOf(thrown)}`, mend);
  }
}

async function send(
  ctx: Ctx,
  { number, to, content }: { number: WhatsAppNumber; to: string; content: OutgoingContent },
): Promise<string> {
  const payload = { to: { phone: to }, content };
  const options = { callbackData: `doctor:${newId("request")}` };
  return (await ctx.ports.whatsapp.send(number.call, payload, options)).messageId;
}

function sent(what: string, messageId: string): string {
  return `Meta took ${what} (${messageId}): look at the phone`;
}

function refused(thrown: unknown): Finding {
  const kind = whatsAppFailureOf(thrown)?.class;
  const mend = (kind === undefined ? undefined : MENDS[kind]) ?? "see what Meta says, then run this again";
  if (thrown instanceof AppError && thrown.code === "validation_failed") {
    return fail(
      CHECK,
      thrown.message,
      "give the phone with its country code, such as --send-to 5215512345678",
    );
  }
  return fail(CHECK, messageOf(thrown), mend);
}

const MENDS: Readonly<Record<string, string>> = {
  recipient_unreachable:
    "the phone must have WhatsApp; a test number reaches only phones that were added to it",
  account_restricted: "see the account in WhatsApp Manager: payment, registration, or an appeal",
  auth: "the token must be allowed to send for this number",
  outcome_unknown: "it may have been sent: look at the phone before you run this again",
};
