import { z } from "@hono/zod-openapi";
import { dryRunInput, ruleChange, ruleInput, ruleOrder, RUN_OUTCOMES } from "../../lib/rules/schemas.ts";
import { MOODS } from "../../lib/sentiment/mod.ts";

const time = z.iso.datetime().openapi({ example: "2026-01-05T15:30:00.000Z" });
const ruleId = z.string().openapi({ example: "rul_01kabcdefghjkmnpqrstvwxyz0" });
const subjectId = z.string().openapi({ example: "tkt_01kabcdefghjkmnpqrstvwxyz0" });
const anything = z.record(z.string(), z.unknown());

const version = z.int().openapi({ example: 3, description: "Also the ETag, for If-Match" });

export const ruleBody = ruleInput.meta({ id: "RuleInput" });
export const ruleChangeBody = ruleChange.meta({ id: "RuleChange" });
export const orderBody = ruleOrder.meta({ id: "RuleOrder" });
export const dryRunBody = dryRunInput.meta({ id: "RuleDryRunInput" });

export const ruleSchema = z.object({
  id: ruleId,
  name: z.string().openapi({ example: "Avisar de lo vencido" }),
  description: z.string().openapi({ example: "Al jefe de turno, si es urgente" }),
  enabled: z.boolean().openapi({ example: true }),
  position: z.int().openapi({ example: 1, description: "Rules of one event run in this order" }),
  when: anything.openapi({ example: { event: "sla.breached" } }),
  conditions: anything.openapi({
    example: { all: [{ field: "ticket.priority", operator: "at_least", value: "high" }] },
  }),
  actions: z.array(anything).openapi({ example: [{ type: "raise_priority" }] }),
  stops: z.boolean().openapi({ example: false }),
  version,
  created_at: time,
  updated_at: time,
}).openapi("Rule");

export const runSchema = z.object({
  id: z.string().openapi({ example: "rrn_01kabcdefghjkmnpqrstvwxyz0" }),
  rule_id: ruleId,
  trigger: z.string().openapi({ example: "sla.breached" }),
  subject_id: subjectId,
  outcome: z.enum(RUN_OUTCOMES).openapi({
    example: "done",
    description: "loop, too_deep and throttled: it applied, and was kept from acting",
  }),
  reason: z.string().nullable().openapi({ example: null }),
  results: z.array(anything).openapi({ example: [{ type: "raise_priority", version: 4 }] }),
  chain: z.array(z.string()).openapi({
    example: [],
    description: "The rules whose actions led here, the first cause first",
  }),
  at: time,
}).openapi("RuleRun");

export const catalogueSchema = z.object({
  events: z.array(z.object({
    event: z.string().openapi({ example: "sla.breached" }),
    groups: z.array(z.string()).openapi({ example: ["ticket", "sla", "time"] }),
  })),
  times: z.array(z.object({
    since: z.string().nullable().openapi({ example: "customer_waits" }),
    before: z.string().nullable().openapi({ example: null, description: "It comes so long before" }),
    groups: z.array(z.string()).openapi({ example: ["ticket", "time"] }),
  })),
  fields: z.array(z.object({
    field: z.string().openapi({ example: "ticket.priority" }),
    kind: z.string().openapi({ example: "rank" }),
    operators: z.array(z.string()).openapi({ example: ["is", "at_least"] }),
    values: z.array(z.string()).nullable().openapi({ example: ["low", "normal", "high", "urgent"] }),
  })),
  variables: z.array(z.string()).openapi({
    example: ["ticket.reference"],
    description: "What texts of actions may ask for",
  }),
}).openapi("RuleCatalogue");

export const dryRunSchema = z.object({
  from: time,
  to: time,
  scanned: z.int().openapi({ example: 1042, description: "Events that were looked at" }),
  complete: z.boolean().openapi({
    example: true,
    description:
      "False: there are more events than a dry run looks at, and it ended before `to`, or more tickets, visits or conversations from before `from`",
  }),
  rules: z.array(z.object({
    rule_id: z.string().nullable().openapi({ example: null, description: "null: the rule that was given" }),
    name: z.string().openapi({ example: "Avisar de lo vencido" }),
    fired: z.int().openapi({ example: 3 }),
    samples: z.array(z.object({
      at: time,
      event: z.string().openapi({ example: "sla.breached" }),
      subject_id: subjectId,
      actions: z.array(anything).openapi({ example: [{ type: "raise_priority" }] }),
    })).openapi({ description: "The first 20" }),
  })),
}).openapi("RuleDryRun");

export const sentimentBody = z.object({
  text: z.string().max(5000).openapi({ example: "No funciona y nadie contesta 😡" }),
}).openapi("SentimentQuestion");

export const sentimentSchema = z.object({
  score: z.number().openapi({ example: -0.95, description: "-1 to 1" }),
  mood: z.enum(MOODS).openapi({ example: "negative" }),
  words: z.array(z.object({
    word: z.string().openapi({ example: "no funciona" }),
    weight: z.number().openapi({ example: -2 }),
  })).openapi({ description: "What decided" }),
}).openapi("Sentiment");
