import { and, eq, sql } from "drizzle-orm";
import { notifications, type Priority } from "../../db/schema/notifications.ts";
import { statement, statementOne } from "../../db/statement.ts";
import type { Ctx, Tx } from "../context.ts";

export type NotificationRow = typeof notifications.$inferSelect;

const p = sql.placeholder;

const insertOne = statement((db) =>
  db.insert(notifications).values({
    id: p("id"),
    workspaceId: p("workspaceId"),
    template: p("template"),
    category: p("category"),
    priority: p("priority"),
    key: p("key"),
    subjectId: p("subjectId"),
    data: p("data"),
    subject: p("subject"),
    text: p("text"),
    html: p("html"),
    bulk: p("bulk"),
    actorId: p("actorId"),
    createdAt: p("now"),
  }).onConflictDoNothing().prepare()
);

export interface NewNotification {
  readonly id: string;
  readonly template: string | null;
  readonly category: string;
  readonly priority: Priority;
  readonly key: string | null;
  readonly subjectId: string | null;
  readonly data: Record<string, unknown>;
  readonly subject?: string | null;
  readonly text?: string | null;
  readonly html?: string | null;
  readonly bulk?: boolean;
}

/** False when there is one with the same key. */
export async function insertNotification(tx: Tx, fresh: NewNotification): Promise<boolean> {
  const { workspaceId, actor: { id: actorId } } = tx;
  const words = { subject: null, text: null, html: null, bulk: false };
  const { rowsAffected } = await insertOne(tx, { ...words, ...fresh, workspaceId, actorId, now: tx.now() });
  return rowsAffected === 1;
}

const byKey = statementOne((db) =>
  db.select().from(notifications)
    .where(and(eq(notifications.workspaceId, p("workspaceId")), eq(notifications.key, p("key")))).prepare()
);

export async function selectByKey(at: Ctx, key: string): Promise<NotificationRow | null> {
  return await byKey(at, { workspaceId: at.workspaceId, key }) ?? null;
}

const byId = statementOne((db) =>
  db.select().from(notifications)
    .where(and(eq(notifications.id, p("id")), eq(notifications.workspaceId, p("workspaceId")))).prepare()
);

export async function selectNotification(at: Ctx, id: string): Promise<NotificationRow | null> {
  return await byId(at, { id, workspaceId: at.workspaceId }) ?? null;
}
