import { z } from "zod";
import { RUN_OUTCOMES } from "../../db/schema/rules.ts";
import { filledText, idField, text } from "../kernel/fields.ts";
import { actionProblems, ruleAction } from "./action-schemas.ts";
import { otherTimeOf } from "./due.ts";
import { type Group, MARK_NAMES, OTHER_GROUPS, TIMED_GROUPS, TRIGGER_NAMES, TRIGGERS } from "./catalogue.ts";
import { type Conditions, conditions, problemsOf } from "./conditions.ts";

export { RUN_OUTCOMES, type RunOutcome } from "../../db/schema/rules.ts";

const YEAR_MINUTES = 525_600;

/** An event, or a time that a live ticket has been as it is. */
export const when = z.union([
  z.strictObject({ event: z.enum(TRIGGER_NAMES).meta({ example: "sla.breached" }) }),
  z.strictObject({
    since: z.enum([...MARK_NAMES, "conversation_waits"]).meta({ example: "state" }),
    minutes: z.int().min(1).max(YEAR_MINUTES).meta({ example: 120 }),
    counts: z.enum(["business", "wall"]).default("business").meta({ example: "business" }),
  }),
  z.strictObject({
    before: z.literal("visit_starts").meta({ example: "visit_starts" }),
    minutes: z.int().min(1).max(YEAR_MINUTES).meta({ example: 1440 }),
  }),
]).meta({
  example: { event: "sla.breached" },
  description:
    "{event}: when it happens. {since, minutes, counts}: when a live ticket was opened (opened), is in " +
    "its state (state), has a customer's word unanswered (customer_waits) or waits for the customer " +
    "(customer_silent) for so long, or a conversation has a customer's word that nobody answered " +
    "(conversation_waits). {before, minutes}: so long before a visit that stands begins (visit_starts)",
});
export type When = z.output<typeof when>;

const fields = {
  name: filledText(120).meta({ example: "Avisar de lo vencido" }),
  description: text(2000).meta({ example: "Al jefe de turno, si es urgente" }),
  enabled: z.boolean().meta({ example: true }),
  when,
  conditions,
  actions: z.array(ruleAction).min(1).max(20).meta({
    example: [{ type: "raise_priority" }, { type: "add_labels", labels: ["vencido"] }],
    description: "Done in this order, all or none",
  }),
  stops: z.boolean().meta({
    example: false,
    description: "No rule after it looks at an event that it acted on",
  }),
};

const whole = z.object({
  ...fields,
  description: fields.description.default(""),
  enabled: fields.enabled.default(true),
  conditions: fields.conditions.default({ all: [] }),
  stops: fields.stops.default(false),
});

/** What is known when a rule looks. */
export function groupsOf(trigger: When): readonly Group[] {
  const other = otherTimeOf(trigger);
  if (other !== null) return OTHER_GROUPS[other];
  return "event" in trigger ? TRIGGERS[trigger.event] : TIMED_GROUPS;
}

/** Whether conditions and actions ask only for what is known then. */
export function consistent(
  rule: {
    readonly when: When;
    readonly conditions: Conditions;
    readonly actions: z.output<typeof ruleAction>[];
  },
  ctx: z.core.$RefinementCtx,
): void {
  const groups = groupsOf(rule.when);
  for (const { path, message } of problemsOf(rule.conditions, groups)) {
    ctx.addIssue({ code: "custom", path: ["conditions", ...path], message });
  }
  for (const { path, message } of actionProblems(rule.actions, groups)) {
    ctx.addIssue({ code: "custom", path: ["actions", ...path], message });
  }
}

export const ruleInput = whole.superRefine(consistent);
export type RuleInput = z.input<typeof ruleInput>;
export type RuleFields = z.output<typeof ruleInput>;

/** A change: what is left out stays as it is. */
export const ruleChange = z.object(fields).partial();
export type RuleChange = z.input<typeof ruleChange>;

export const ruleOrder = z.object({
  rule_ids: z.array(idField("rul_01kabcdefghjkmnpqrstvwxyz0")).min(1).max(500).meta({
    example: ["rul_01kabcdefghjkmnpqrstvwxyz0"],
    description: "Every rule, in the order in which they are to run",
  }),
});

export const runQuery = z.object({
  rule_id: idField("rul_01kabcdefghjkmnpqrstvwxyz0").optional(),
  subject_id: idField("tkt_01kabcdefghjkmnpqrstvwxyz0").optional(),
  outcome: z.enum(RUN_OUTCOMES).optional().meta({ example: "failed" }),
});
export type RunQuery = z.output<typeof runQuery>;

export const dryRunInput = z.object({
  rule: ruleInput.optional().meta({ description: "A rule that need not be saved" }),
  rule_ids: z.array(idField("rul_01kabcdefghjkmnpqrstvwxyz0")).max(100).optional().meta({
    example: ["rul_01kabcdefghjkmnpqrstvwxyz0"],
    description: "Saved rules, enabled or not; with neither these nor a rule: all that are enabled",
  }),
  from: z.iso.datetime({ offset: true }).optional().meta({
    example: "2026-01-01T00:00:00Z",
    description: "Default: 30 days before",
  }),
  to: z.iso.datetime({ offset: true }).optional().meta({ example: "2026-01-31T00:00:00Z" }),
});
export type DryRunInput = z.input<typeof dryRunInput>;
