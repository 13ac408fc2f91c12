import { sql } from "drizzle-orm";
import { contacts } from "../../db/schema/conversations.ts";
import { clients } from "../../db/schema/clients.ts";
import { operators, teams } from "../../db/schema/operators.ts";
import { ticketPresets as presets, tickets } from "../../db/schema/tickets.ts";
import { CHOICES } from "../words/mod.ts";
import type { Dataset } from "./dataset.ts";

const t = tickets;

/** One row a ticket. */
export const ticketsDataset: Dataset = {
  title: { es: "Tickets", en: "Tickets" },
  grouped: { assignee_id: { es: "Operadores", en: "Operators" } },
  scope: "tickets:read",
  from: sql`${t} left join ${operators} on ${operators.id} = ${t.assigneeId}
    left join ${clients} on ${clients.id} = ${t.clientId} left join ${teams} on ${teams.id} = ${t.teamId} left join ${contacts} on ${contacts.id} = ${t.contactId}`,
  workspace: sql`${t.workspaceId}`,
  id: sql`${t.id}`,
  time: sql`${t.createdAt}`,
  changed: sql`${t.updatedAt}`,
  columns: {
    id: { kind: "text", label: { es: "Id", en: "Id" }, value: sql`${t.id}` },
    number: { kind: "number", label: { es: "Número", en: "Number" }, value: sql`${t.number}` },
    subject: { person: true, kind: "text", label: { es: "Asunto", en: "Subject" }, value: sql`${t.subject}` },
    state: {
      kind: "text",
      label: { es: "Estado", en: "State" },
      value: sql`${t.state}`,
      choices: CHOICES.ticket_state,
    },
    priority: {
      kind: "text",
      label: { es: "Prioridad", en: "Priority" },
      value: sql`${t.priority}`,
      choices: CHOICES.ticket_priority,
    },
    source: {
      kind: "text",
      label: { es: "Origen", en: "Source" },
      value: sql`${t.source}`,
      choices: CHOICES.ticket_source,
    },
    assignee: { kind: "text", label: { es: "Operador", en: "Operator" }, value: sql`${operators.name}` },
    assignee_id: {
      kind: "text",
      label: { es: "Id del operador", en: "Operator's id" },
      value: sql`${t.assigneeId}`,
    },
    category: {
      kind: "text",
      label: { es: "Categoría", en: "Category" },
      value: sql`(select ${presets.name} from ${presets} where ${presets.id} = ${t.categoryId}
        and ${presets.workspaceId} = ${t.workspaceId})`,
    },
    team: { kind: "text", label: { es: "Equipo", en: "Team" }, value: sql`${teams.name}` },
    contact: {
      person: true,
      kind: "text",
      label: { es: "Contacto", en: "Contact" },
      value: sql`${contacts.name}`,
    },
    client: {
      person: true,
      kind: "text",
      label: { es: "Cliente", en: "Client" },
      value: sql`${clients.name}`,
    },
    client_id: {
      kind: "text",
      label: { es: "Id del cliente", en: "Client's id" },
      value: sql`${t.clientId}`,
    },
    labels: {
      kind: "text",
      label: { es: "Etiquetas", en: "Labels" },
      value: sql`(select group_concat(value, ', ') from json_each(${t.labels}))`,
    },
    created_at: { kind: "time", label: { es: "Creado", en: "Created" }, value: sql`${t.createdAt}` },
    updated_at: { kind: "time", label: { es: "Modificado", en: "Changed" }, value: sql`${t.updatedAt}` },
    first_response_at: {
      kind: "time",
      label: { es: "Primera respuesta", en: "First response" },
      value: sql`${t.firstResponseAt}`,
    },
    resolved_at: { kind: "time", label: { es: "Resuelto", en: "Resolved" }, value: sql`${t.resolvedAt}` },
    closed_at: { kind: "time", label: { es: "Cerrado", en: "Closed" }, value: sql`${t.closedAt}` },
    due_at: { kind: "time", label: { es: "Vence", en: "Due" }, value: sql`${t.dueAt}` },
    first_response_time: {
      kind: "duration",
      label: { es: "Tiempo de primera respuesta", en: "Time to first response" },
      value: sql`(${t.firstResponseAt} - ${t.createdAt})`,
    },
    resolution_time: {
      kind: "duration",
      label: { es: "Tiempo de resolución", en: "Time to resolution" },
      value: sql`(${t.resolvedAt} - ${t.createdAt})`,
    },
    resolved: {
      kind: "flag",
      label: { es: "Está resuelto", en: "Is resolved" },
      value: sql`(${t.resolvedAt} is not null)`,
    },
    reopens: { kind: "number", label: { es: "Reaperturas", en: "Reopens" }, value: sql`${t.reopens}` },
  },
  plain: [
    "number",
    "subject",
    "state",
    "priority",
    "assignee",
    "team",
    "client",
    "contact",
    "labels",
    "created_at",
    "first_response_time",
    "resolution_time",
  ],
};
