import { z } from "zod";
import { priorityField as noticePriority } from "../notifications/schemas.ts";
import { filledText, idField } from "../kernel/fields.ts";
import { labelField, priorityField, ticketAction } from "../tickets/mod.ts";
import { renderText } from "../notifications/mod.ts";
import { messageOf } from "../kernel/errors.ts";
import { fieldKind, type Group, groupOf, MORE_VARIABLES } from "./catalogue.ts";

const TEXT_DESCRIPTION =
  "{{ticket.reference}}, {{ticket.fields.modelo}}, {{visit.starts_at}} and other fields are filled in";

/** Whom an action tells. */
const audience = z.union([
  z.enum(["assignee", "team", "requester"]).meta({
    description:
      "Who has the ticket, the visit or the conversation; all of the ticket's team; the contact who asks",
  }),
  z.strictObject({ user_id: idField("usr_01kabcdefghjkmnpqrstvwxyz0") }),
  z.strictObject({ operator_id: idField("opr_01kabcdefghjkmnpqrstvwxyz0") }),
  z.strictObject({ team_id: idField("tea_01kabcdefghjkmnpqrstvwxyz0") }),
  z.strictObject({
    channel: z.enum(["email", "sms", "webhook", "slack", "teams", "discord"]).meta({ example: "email" }),
    recipient: filledText(2048).meta({ example: "jefe@aurora.example" }),
  }),
]);
export type ActionAudience = z.output<typeof audience>;

const notifyAction = z.object({
  type: z.literal("notify"),
  to: z.array(audience).min(1).max(20).meta({ example: ["assignee"] }),
  subject: filledText(200).meta({
    example: "{{ticket.reference}} está vencido",
    description: TEXT_DESCRIPTION,
  }),
  message: filledText(10_000).meta({ example: "{{ticket.subject}}", description: TEXT_DESCRIPTION }),
  priority: noticePriority.default("normal").meta({ example: "high" }),
}).meta({ example: { type: "notify", to: ["assignee"], subject: "{{ticket.reference}}", message: "Urge" } });

const openAction = z.object({
  type: z.literal("open_ticket"),
  subject: filledText(300).meta({ example: "{{message.text}}", description: TEXT_DESCRIPTION }),
  priority: priorityField.default("normal"),
  labels: z.array(labelField).max(20).default([]).meta({ example: ["queja"] }),
}).meta({ description: "Of a message in a conversation that has no live ticket; else nothing is done" });

/** What a rule may do: all that may be done to a ticket, telling people, and opening a ticket. */
export const ruleAction = z.discriminatedUnion("type", [...ticketAction.options, notifyAction, openAction])
  .meta({ example: { type: "raise_priority" } });
export type RuleAction = z.output<typeof ruleAction>;
export type NotifyAction = z.output<typeof notifyAction>;
export type OpenAction = z.output<typeof openAction>;

const TAG = /\{\{\s*[#^/]?\s*([^{}!\s]+)\s*\}\}/g;

interface Problem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** What is wrong with actions where only these groups are known. */
export function actionProblems(actions: readonly RuleAction[], groups: readonly Group[]): Problem[] {
  return actions.flatMap((action, at) => {
    if (action.type === "open_ticket" && !groups.includes("message")) {
      return [{
        path: [at, "type"],
        message: "is for the event message.received and for conversation_waits",
      }];
    }
    return textsOf(action).flatMap(({ key, text }) => {
      const unknown = variablesIn(text).find((name) => !isVariable(name, groups));
      const message = unknown === undefined ? shapeProblem(text) : `{{${unknown}}} is not known here`;
      return message === null ? [] : [{ path: [at, key], message }];
    });
  });
}

/** Which fields of an action are texts that may ask for something. */
const TEXTS: Readonly<Record<string, readonly string[]>> = {
  notify: ["subject", "message"],
  open_ticket: ["subject"],
  comment: ["text"],
};

/** The texts of an action that may ask for something. */
export function textsOf(action: RuleAction): { readonly key: string; readonly text: string }[] {
  return (TEXTS[action.type] ?? []).map((key) => ({ key, text: String(Reflect.get(action, key)) }));
}

/** Tags that don't fit together. */
function shapeProblem(text: string): string | null {
  try {
    renderText({ subject: "", text }, {});
    return null;
  } catch (thrown) {
    return messageOf(thrown);
  }
}

/** The names that a text asks for. */
export function variablesIn(template: string): string[] {
  return [...template.matchAll(TAG)].map(([, name = ""]) => name);
}

function isVariable(name: string, groups: readonly Group[]): boolean {
  const known = fieldKind(name) !== null || MORE_VARIABLES.some((one) => one === name);
  return known && (name.startsWith("rule.") || groups.some((group) => group === groupOf(name)));
}
