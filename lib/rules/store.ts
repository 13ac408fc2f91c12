import { and, asc, eq, inArray, max, ne, sql } from "drizzle-orm";
import { rules } from "../../db/schema/rules.ts";
import { statement, statementOne } from "../../db/statement.ts";
import type { Ctx, Tx } from "../context.ts";
import { newId } from "../kernel/ids.ts";
import type { Conditions } from "./conditions.ts";
import type { RuleAction } from "./action-schemas.ts";
import type { RuleFields, When } from "./schemas.ts";

type Row = typeof rules.$inferSelect;

/** A rule as it was checked when it was saved. */
export interface RuleRow extends Omit<Row, "when" | "conditions" | "actions"> {
  readonly when: When;
  readonly conditions: Conditions;
  readonly actions: readonly RuleAction[];
}

/** Safe because nothing is written that was not parsed by the schema of rules. */
function typed(row: Row): RuleRow {
  return row as RuleRow;
}

const p = sql.placeholder;
const NEXT = sql`version + 1`;

/** What a rule waits for, as one word: the index of rules. */
export function triggerOf(when: When): string {
  if ("event" in when) return when.event;
  return "before" in when ? `before:${when.before}` : `since:${when.since}`;
}

const enabledBy = statement((db) =>
  db.select().from(rules).where(and(
    eq(rules.workspaceId, p("workspaceId")),
    eq(rules.trigger, p("trigger")),
    sql`enabled = 1`,
  )).orderBy(asc(rules.position), asc(rules.id)).prepare()
);

/** The enabled rules of a trigger, in their order. */
export async function selectEnabled(at: Ctx, trigger: string): Promise<RuleRow[]> {
  return (await enabledBy(at, { workspaceId: at.workspaceId, trigger })).map(typed);
}

const anyBy = statementOne((db) =>
  db.select({ trigger: rules.trigger }).from(rules)
    .where(and(eq(rules.workspaceId, p("workspaceId")), eq(rules.trigger, p("trigger")), sql`enabled = 1`))
    .limit(1).prepare()
);

export async function isAwaited(at: Ctx, trigger: string): Promise<boolean> {
  return await anyBy(at, { workspaceId: at.workspaceId, trigger }) !== undefined;
}

/** All rules of a workspace, in their order: 500 at most. */
export async function selectRules(at: Ctx): Promise<RuleRow[]> {
  const rows = await at.db.select().from(rules).where(eq(rules.workspaceId, at.workspaceId))
    .orderBy(asc(rules.position), asc(rules.id)).limit(MOST_RULES);
  return rows.map(typed);
}

export const MOST_RULES = 500;

export async function selectRulesById(at: Ctx, ids: readonly string[]): Promise<RuleRow[]> {
  const rows = await at.db.select().from(rules)
    .where(and(eq(rules.workspaceId, at.workspaceId), inArray(rules.id, [...ids])))
    .orderBy(asc(rules.position), asc(rules.id));
  return rows.map(typed);
}

export async function selectRule(at: Ctx, id: string): Promise<RuleRow | undefined> {
  return (await selectRulesById(at, [id]))[0];
}

export async function insertRule(tx: Tx, fields: RuleFields): Promise<RuleRow> {
  const [last] = await tx.db.select({ position: max(rules.position) }).from(rules)
    .where(eq(rules.workspaceId, tx.workspaceId));
  const now = tx.now();
  const row = {
    ...fields,
    id: newId("rule"),
    workspaceId: tx.workspaceId,
    position: (last?.position ?? 0) + 1,
    trigger: triggerOf(fields.when),
    version: 1,
    createdAt: now,
    updatedAt: now,
  };
  await tx.db.insert(rules).values(row);
  return row;
}

export async function updateRuleRow(tx: Tx, id: string, fields: RuleFields): Promise<void> {
  const set = { ...fields, trigger: triggerOf(fields.when), version: NEXT, updatedAt: tx.now() };
  await tx.db.update(rules).set(set)
    .where(and(eq(rules.workspaceId, tx.workspaceId), eq(rules.id, id)));
}

/** Of one that stands there already nothing changes, nor its version. */
export async function placeRule(tx: Tx, id: string, position: number): Promise<void> {
  await tx.db.update(rules).set({ position, version: NEXT })
    .where(and(eq(rules.workspaceId, tx.workspaceId), eq(rules.id, id), ne(rules.position, position)));
}

export async function deleteRuleRow(tx: Tx, id: string): Promise<void> {
  await tx.db.delete(rules)
    .where(and(eq(rules.workspaceId, tx.workspaceId), eq(rules.id, id)));
}
