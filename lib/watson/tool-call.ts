import { z } from "zod";
import type { Ctx } from "../context.ts";
import { loadBusiness, localeOf } from "../conversations/mod.ts";
import { emit } from "../events/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { AppError } from "../kernel/errors.ts";
import { RANGES } from "../business-time/mod.ts";
import { perform, spoken, type Surroundings } from "./actions.ts";
import type { Action } from "./intents.ts";
import { checkCallback, followLater } from "./follow-up.ts";
import { refusalIn } from "./refusals.ts";
import type { Slots } from "./slots.ts";
import type { When } from "./when.ts";

const locale = z.enum(["es", "en"]).optional().describe("Language of the reply; default: the business's");
const clientId = z.string().max(64).optional().meta({
  example: "cli_01kabcdefghjkmnpqrstvwxyz0",
  description: "Id of the client, if known",
});

const visitId = z.string().min(1).max(64).meta({
  example: "vis_01kabcdefghjkmnpqrstvwxyz0",
  description: "Id of the visit, as the tool that schedules one returns it",
});
const day = z.iso.date();
const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "must be HH:MM");

/** What each tool of Orchestrate takes: small and flat, because a language model fills it in. */
export const TOOL_INPUTS = {
  create_ticket: z.object({
    description: z.string().min(3).max(4000).meta({
      example: "El aire no enfría",
      description: "What is the matter, in the customer's words",
    }),
    priority: z.enum(["low", "normal", "high", "urgent"]).optional().describe("How urgent it is"),
    contact_id: z.string().max(64).optional().meta({
      example: "con_01kabcdefghjkmnpqrstvwxyz0",
      description: "Id of the contact who asks, if known",
    }),
    client_id: clientId,
    locale,
  }),
  schedule_visit: z.object({
    date: day.meta({ example: "2026-11-30", description: "Day of the visit, YYYY-MM-DD" }),
    time: clock.meta({
      example: "10:00",
      description: "Time of the visit, HH:MM, in the business's zone",
    }),
    reason: z.string().max(500).optional().meta({
      example: "Mantenimiento",
      description: "What the visit is for",
    }),
    client_id: clientId,
    contact_id: z.string().max(64).optional().meta({
      example: "con_01kabcdefghjkmnpqrstvwxyz0",
      description: "Id of the contact, if known",
    }),
    locale,
  }),
  reschedule_visit: z.object({
    visit_id: visitId,
    date: day.meta({ example: "2026-12-01", description: "New day of the visit, YYYY-MM-DD" }),
    time: clock.meta({
      example: "12:00",
      description: "New time of the visit, HH:MM, in the business's zone",
    }),
    locale,
  }),
  cancel_visit: z.object({ visit_id: visitId, locale }),
  send_notification: z.object({
    channel: z.enum(["email", "sms", "whatsapp"]).default("email").describe("How to reach the recipient"),
    recipient: z.string().min(3).max(300).meta({
      example: "ana@example.com",
      description: "E-mail address or phone number",
    }),
    message: z.string().min(1).max(4000).meta({
      example: "Lo esperamos a las diez.",
      description: "What to say",
    }),
    locale,
  }),
  generate_report: z.object({
    dataset: z.enum(["tickets", "operators", "calls", "conversations", "visits", "sla"]).default("tickets")
      .describe("What the report is about"),
    range: z.enum(RANGES).default("week")
      .describe("Which stretch of time"),
    format: z.enum(["xlsx", "csv", "pdf", "json"]).default("xlsx").describe("File format"),
    locale,
  }),
  query_status: z.object({
    ticket_number: z.int().min(1).max(999_999_999).meta({
      example: 1042,
      description: "Number of the ticket, without letters",
    }),
    locale,
  }),
} as const satisfies Record<Action, z.ZodObject>;

type Inputs = { readonly [A in Action]: z.output<typeof TOOL_INPUTS[A]> };

const TO_SLOTS: { readonly [A in Action]: (input: Inputs[A]) => Slots } = {
  create_ticket: ({ description, priority }) => ({ description, priority }),
  schedule_visit: ({ reason, ...at }) => ({ when: whenOf(at), description: reason }),
  reschedule_visit: (at) => ({ when: whenOf(at) }),
  cancel_visit: () => ({}),
  send_notification: ({ channel, recipient, message }) => ({ channel, recipient, message }),
  generate_report: ({ dataset, range, format }) => ({ dataset, range, format }),
  query_status: ({ ticket_number }) => ({ reference: ticket_number }),
};

function whenOf({ date, time }: { date: string; time: string }): When {
  const [hour = 0, minute = 0] = time.split(":").map(Number);
  return { date, minutes: hour * 60 + minute };
}

export interface ToolAnswer {
  readonly reply: string;
  readonly result: Record<string, unknown>;
}

/**
 * One tool of Orchestrate. With `callbackUrl` (IBM's name of the header) a report is also told of there when it is
 * done. Throws what the tool throws; 422 for an address that may not be called.
 */
export async function callTool<A extends Action>(
  ctx: Ctx,
  { action, input, callbackUrl }: { action: A; input: Inputs[A]; callbackUrl: string | null },
): Promise<ToolAnswer> {
  requireScope(ctx, "watson:use");
  if (callbackUrl !== null) await checkCallback(ctx, { url: callbackUrl, path: "callbackUrl" });
  const { timezone: zone, languages } = await loadBusiness(ctx);
  const locale = input.locale ?? localeOf([], languages);
  const around = { locale, zone, user: null, context: input, session: null };
  return await ctx.transact(async (tx) => {
    const done = await perform(tx, { action, slots: TO_SLOTS[action](input), around });
    if (callbackUrl !== null) {
      await followLater(tx, { action, result: done.result, callbackUrl, locale });
    }
    await emit(tx, { type: "watson.tool_called", subjectId: action, data: { action } });
    return done;
  }).catch((thrown) => {
    throw toldIn(thrown, around);
  });
}

/** The refusal with what to say of it in the language of the talk. */
function toldIn(thrown: unknown, around: Surroundings): unknown {
  if (!(thrown instanceof AppError) || thrown.retryable) return thrown;
  const reply = refusalIn(around.locale, thrown, (at) => spoken(at, around));
  const { errors, extra } = thrown;
  return new AppError(thrown.code, thrown.message, { errors, extra: { ...extra, reply }, cause: thrown });
}
