import { integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { at, createdAt, id, workspaceId } from "../columns.ts";

/** A variable of a template. */
export interface TemplateVariable {
  readonly type: "string" | "number" | "boolean" | "list" | "object";
  readonly required: boolean;
  readonly example: unknown;
}

/** At most so many to one address in so many minutes. */
export interface TemplateThrottle {
  readonly limit: number;
  readonly minutes: number;
}

export interface TemplateWords {
  readonly subject: string;
  readonly text: string;
  readonly html?: string | undefined;
}

export interface TemplateLocales {
  readonly es?: TemplateWords | undefined;
  readonly en?: TemplateWords | undefined;
}

/** Words of a workspace's own, also in place of a built-in template's under its name. A layout frames mails. */
export const notificationTemplates = sqliteTable("notification_templates", {
  id: id(),
  workspaceId: workspaceId(),
  name: text("name").notNull(),
  kind: text("kind").$type<"template" | "layout">().notNull(),
  category: text("category").notNull(),
  variables: text("variables", { mode: "json" }).$type<Record<string, TemplateVariable>>().notNull(),
  texts: text("texts", { mode: "json" }).$type<TemplateLocales>().notNull(),
  /** The name of the layout of its mails. */
  layout: text("layout"),
  throttle: text("throttle", { mode: "json" }).$type<TemplateThrottle>(),
  /** What comes to one address within so many minutes is told in one message. */
  digestMinutes: integer("digest_minutes"),
  createdAt: createdAt(),
  updatedAt: at("updated_at").notNull(),
}, (t) => [uniqueIndex("notification_templates_name").on(t.workspaceId, t.name)]);
