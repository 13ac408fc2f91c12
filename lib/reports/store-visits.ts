import { sql } from "drizzle-orm";
import { clients, sites } from "../../db/schema/clients.ts";
import { contacts } from "../../db/schema/conversations.ts";
import { operators } from "../../db/schema/operators.ts";
import { tickets } from "../../db/schema/tickets.ts";
import { visits } from "../../db/schema/visits.ts";
import { CHOICES } from "../words/mod.ts";
import type { Dataset } from "./dataset.ts";

const v = visits;

/** One row a visit that has a time; one that is only asked for comes when it gets one. */
export const visitsDataset: Dataset = {
  title: { es: "Visitas", en: "Visits" },
  scope: "visits:read",
  from:
    sql`(select * from ${v} where ${v.startsAt} is not null) as visits left join ${operators} on ${operators.id} = ${v.operatorId}
    left join ${clients} on ${clients.id} = ${v.clientId} left join ${sites} on ${sites.id} = ${v.siteId}
    left join ${contacts} on ${contacts.id} = ${v.contactId} left join ${tickets} on ${tickets.id} = ${v.ticketId}`,
  workspace: sql`${v.workspaceId}`,
  id: sql`${v.id}`,
  time: sql`${v.startsAt}`,
  changed: sql`${v.updatedAt}`,
  columns: {
    id: { kind: "text", label: { es: "Id", en: "Id" }, value: sql`${v.id}` },
    subject: { person: true, kind: "text", label: { es: "Asunto", en: "Subject" }, value: sql`${v.subject}` },
    state: {
      kind: "text",
      label: { es: "Estado", en: "State" },
      value: sql`${v.state}`,
      choices: CHOICES.visit_state,
    },
    starts_at: { kind: "time", label: { es: "Inicio", en: "Starts" }, value: sql`${v.startsAt}` },
    ends_at: { kind: "time", label: { es: "Fin", en: "Ends" }, value: sql`${v.endsAt}` },
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
    site: { person: true, kind: "text", label: { es: "Sitio", en: "Site" }, value: sql`${sites.name}` },
    ticket: { kind: "number", label: { es: "Ticket", en: "Ticket" }, value: sql`${tickets.number}` },
    created_at: { kind: "time", label: { es: "Creada", en: "Created" }, value: sql`${v.createdAt}` },
    confirmed_at: {
      kind: "time",
      label: { es: "Confirmada", en: "Confirmed" },
      value: sql`${v.confirmedAt}`,
    },
    checked_in_at: { kind: "time", label: { es: "Llegada", en: "Checked in" }, value: sql`${v.checkedInAt}` },
    checked_out_at: {
      kind: "time",
      label: { es: "Salida", en: "Checked out" },
      value: sql`${v.checkedOutAt}`,
    },
    on_site: {
      kind: "duration",
      label: { es: "Tiempo en sitio", en: "Time on site" },
      value: sql`(${v.checkedOutAt} - ${v.checkedInAt})`,
    },
    late: {
      kind: "duration",
      label: { es: "Retraso", en: "Late by" },
      value: sql`max(0, ${v.checkedInAt} - ${v.startsAt})`,
    },
    completed: {
      kind: "flag",
      label: { es: "Realizada", en: "Completed" },
      value: sql`(${v.state} = 'completed')`,
    },
  },
  plain: [
    "starts_at",
    "state",
    "subject",
    "operator",
    "client",
    "contact",
    "site",
    "ticket",
    "on_site",
    "late",
  ],
};
