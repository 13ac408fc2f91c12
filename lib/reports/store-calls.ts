import { sql } from "drizzle-orm";
import { calls } from "../../db/schema/calls.ts";
import { clients } from "../../db/schema/clients.ts";
import { contacts } from "../../db/schema/conversations.ts";
import { operators } from "../../db/schema/operators.ts";
import { tickets } from "../../db/schema/tickets.ts";
import { CHOICES } from "../words/mod.ts";
import type { Dataset } from "./dataset.ts";

/** One row a call. */
export const callsDataset: Dataset = {
  title: { es: "Llamadas", en: "Calls" },
  scope: "calls:read",
  from: sql`${calls} left join ${operators} on ${operators.id} = ${calls.operatorId}
    left join ${clients} on ${clients.id} = ${calls.clientId}
    left join ${contacts} on ${contacts.id} = ${calls.contactId} left join ${tickets} on ${tickets.id} = ${calls.ticketId}`,
  workspace: sql`${calls.workspaceId}`,
  id: sql`${calls.id}`,
  time: sql`${calls.startedAt}`,
  changed: sql`${calls.updatedAt}`,
  columns: {
    id: { kind: "text", label: { es: "Id", en: "Id" }, value: sql`${calls.id}` },
    started_at: { kind: "time", label: { es: "Inicio", en: "Started" }, value: sql`${calls.startedAt}` },
    direction: {
      kind: "text",
      label: { es: "Sentido", en: "Direction" },
      value: sql`${calls.direction}`,
      choices: CHOICES.call_direction,
    },
    state: {
      kind: "text",
      label: { es: "Estado", en: "State" },
      value: sql`${calls.state}`,
      choices: CHOICES.call_state,
    },
    phone: { person: true, kind: "text", label: { es: "Teléfono", en: "Phone" }, value: sql`${calls.phone}` },
    line: { kind: "text", label: { es: "Línea", en: "Line" }, value: sql`${calls.line}` },
    operator: { kind: "text", label: { es: "Operador", en: "Operator" }, value: sql`${operators.name}` },
    client: {
      person: true,
      kind: "text",
      label: { es: "Cliente", en: "Client" },
      value: sql`${clients.name}`,
    },
    contact: {
      person: true,
      kind: "text",
      label: { es: "Contacto", en: "Contact" },
      value: sql`${contacts.name}`,
    },
    ticket: { kind: "number", label: { es: "Ticket", en: "Ticket" }, value: sql`${tickets.number}` },
    outcome: { kind: "text", label: { es: "Resultado", en: "Outcome" }, value: sql`${calls.outcome}` },
    waited: {
      kind: "duration",
      label: { es: "Espera", en: "Waited" },
      value: sql`(${calls.answeredAt} - ${calls.startedAt})`,
    },
    talked: {
      kind: "duration",
      label: { es: "Conversación", en: "Talked" },
      value: sql`(${calls.endedAt} - ${calls.answeredAt})`,
    },
    missed: { kind: "flag", label: { es: "Perdida", en: "Missed" }, value: sql`(${calls.state} = 'missed')` },
  },
  plain: [
    "started_at",
    "direction",
    "state",
    "phone",
    "operator",
    "client",
    "contact",
    "ticket",
    "waited",
    "talked",
    "outcome",
  ],
};
