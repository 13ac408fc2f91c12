import { sql } from "drizzle-orm";
import { operators } from "../../db/schema/operators.ts";
import { slaClocks, slaPolicies } from "../../db/schema/sla.ts";
import { tickets } from "../../db/schema/tickets.ts";
import { CHOICES } from "../words/mod.ts";
import type { Dataset } from "./dataset.ts";

const c = slaClocks;

/** One row a promise. */
export const slaDataset: Dataset = {
  title: { es: "Promesas (SLA)", en: "Promises (SLA)" },
  scope: "sla:read",
  from: sql`${c} left join ${tickets} on ${tickets.id} = ${c.ticketId}
    left join ${operators} on ${operators.id} = ${tickets.assigneeId}
    left join ${slaPolicies} on ${slaPolicies.id} = ${c.policyId}`,
  workspace: sql`${c.workspaceId}`,
  id: sql`${c.id}`,
  time: sql`${c.createdAt}`,
  changed: sql`${c.updatedAt}`,
  columns: {
    id: { kind: "text", label: { es: "Id", en: "Id" }, value: sql`${c.id}` },
    ticket: { kind: "number", label: { es: "Ticket", en: "Ticket" }, value: sql`${tickets.number}` },
    policy: { kind: "text", label: { es: "Política", en: "Policy" }, value: sql`${slaPolicies.name}` },
    promise: {
      kind: "text",
      label: { es: "Promesa", en: "Promise" },
      value: sql`${c.kind}`,
      choices: CHOICES.promise,
    },
    priority: {
      kind: "text",
      label: { es: "Prioridad", en: "Priority" },
      value: sql`${c.priority}`,
      choices: CHOICES.ticket_priority,
    },
    operator: { kind: "text", label: { es: "Operador", en: "Operator" }, value: sql`${operators.name}` },
    state: {
      kind: "text",
      label: { es: "Estado", en: "State" },
      value: sql`${c.state}`,
      choices: CHOICES.promise_state,
    },
    created_at: { kind: "time", label: { es: "Comenzó", en: "Began" }, value: sql`${c.createdAt}` },
    ended_at: { kind: "time", label: { es: "Terminó", en: "Ended" }, value: sql`${c.endedAt}` },
    target: { kind: "duration", label: { es: "Prometido", en: "Promised" }, value: sql`${c.targetMs}` },
    elapsed: { kind: "duration", label: { es: "Transcurrido", en: "Elapsed" }, value: sql`${c.elapsedMs}` },
    warned: { kind: "flag", label: { es: "Avisada", en: "Warned" }, value: sql`(${c.warnedAt} is not null)` },
    breached: {
      kind: "flag",
      label: { es: "Incumplida", en: "Breached" },
      value: sql`(${c.breachedAt} is not null)`,
    },
  },
  plain: [
    "ticket",
    "policy",
    "promise",
    "priority",
    "operator",
    "state",
    "created_at",
    "ended_at",
    "target",
    "elapsed",
    "breached",
  ],
};
