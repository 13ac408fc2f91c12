import { sql } from "drizzle-orm";
import { index, integer, primaryKey, real, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import type { CalendarHours } from "../../lib/business-time/schemas.ts";
import { at, createdAt, id, workspaceId } from "../columns.ts";
import { contacts } from "./conversations.ts";

export const CLIENT_KINDS = ["company", "person"] as const;
export type ClientKind = typeof CLIENT_KINDS[number];

/** Whom the business works for. */
export const clients = sqliteTable("clients", {
  id: id(),
  workspaceId: workspaceId(),
  kind: text("kind").$type<ClientKind>().notNull(),
  name: text("name").notNull(),
  taxId: text("tax_id"),
  /** Its id in the system that the workspace had before: what an import knows it by. */
  externalId: text("external_id"),
  email: text("email"),
  phone: text("phone"),
  /** Days (`YYYY-MM-DD`). */
  contractStarts: text("contract_starts"),
  contractEnds: text("contract_ends"),
  contractPlan: text("contract_plan"),
  /** The end that was told of already; null: none was. */
  contractWarned: text("contract_warned"),
  slaPolicyId: text("sla_policy_id"),
  language: text("language"),
  timezone: text("timezone"),
  notes: text("notes"),
  labels: text("labels", { mode: "json" }).$type<string[]>().notNull(),
  custom: text("custom", { mode: "json" }).$type<Record<string, string>>().notNull(),
  /** The client that this one was merged into. */
  mergedInto: text("merged_into"),
  removedAt: at("removed_at"),
  createdAt: createdAt(),
  updatedAt: at("updated_at").notNull(),
}, (t) => [
  index("clients_workspace").on(t.workspaceId, t.id),
  uniqueIndex("clients_external").on(t.workspaceId, t.externalId).where(
    sql`external_id is not null and removed_at is null`,
  ),
  index("clients_ending").on(t.workspaceId, t.id).where(
    sql`contract_ends is not null and removed_at is null`,
  ),
  index("clients_merged").on(t.workspaceId, t.mergedInto).where(sql`merged_into is not null`),
]);

/** How a workspace deals with its clients. */
export const clientSettings = sqliteTable("client_settings", {
  workspaceId: workspaceId().primaryKey(),
  /** So long before its end a contract is told of; 0: never. */
  contractWarningDays: integer("contract_warning_days").notNull(),
  updatedAt: at("updated_at").notNull(),
});

/** The words by whose beginnings a client is found: of its name, and its ids, address and number. */
export const clientTerms = sqliteTable("client_terms", {
  workspaceId: workspaceId(),
  term: text("term").notNull(),
  clientId: text("client_id").notNull().references(() => clients.id, { onDelete: "cascade" }),
}, (t) => [
  primaryKey({ columns: [t.workspaceId, t.term, t.clientId] }),
  index("client_terms_client").on(t.clientId, t.term),
]);

/** People of a client. A contact is of one client at most. */
export const clientContacts = sqliteTable("client_contacts", {
  contactId: text("contact_id").primaryKey().references(() => contacts.id, { onDelete: "cascade" }),
  workspaceId: workspaceId(),
  clientId: text("client_id").notNull().references(() => clients.id, { onDelete: "cascade" }),
  /** What the person is there, such as "compras". */
  role: text("role"),
  createdAt: createdAt(),
}, (t) => [index("client_contacts_client").on(t.workspaceId, t.clientId, t.contactId)]);

/**
 * Whose contacts a client who is a person had when it was removed or merged: nobody's any more for who asks whose
 * contact it is, and the only way to what is kept of the person when the contact is exported or erased.
 */
export const formerClientContacts = sqliteTable("former_client_contacts", {
  workspaceId: workspaceId(),
  contactId: text("contact_id").notNull().references(() => contacts.id, { onDelete: "cascade" }),
  clientId: text("client_id").notNull().references(() => clients.id, { onDelete: "cascade" }),
}, (t) => [
  primaryKey({ columns: [t.contactId, t.clientId] }),
  index("former_client_contacts_client").on(t.clientId),
]);

/** Where a client is visited. */
export const sites = sqliteTable("sites", {
  id: id(),
  workspaceId: workspaceId(),
  clientId: text("client_id").notNull().references(() => clients.id, { onDelete: "cascade" }),
  name: text("name").notNull(),
  address: text("address").notNull(),
  timezone: text("timezone"),
  latitude: real("latitude"),
  longitude: real("longitude"),
  /** When it may be visited; null: whenever. */
  hours: text("hours", { mode: "json" }).$type<CalendarHours>(),
  /** How to get in. */
  accessNotes: text("access_notes"),
  /** Visits that were made, or stand, there still say where. */
  removedAt: at("removed_at"),
  createdAt: createdAt(),
  updatedAt: at("updated_at").notNull(),
}, (t) => [index("sites_client").on(t.workspaceId, t.clientId, t.id)]);
