import { and, asc, eq, gt, isNull, sql } from "drizzle-orm";
import { ticketPresets } from "../../db/schema/tickets.ts";
import { statementOne } from "../../db/statement.ts";
import type { Ctx, Tx } from "../context.ts";

export { PRESET_KINDS, type PresetKind } from "../../db/schema/tickets.ts";

export type PresetRow = typeof ticketPresets.$inferSelect;
type Kind = PresetRow["kind"];

const p = sql.placeholder;
const t = ticketPresets;

const SHORTCUT = sql`json_extract(${t.data}, '$.shortcut')`;

const byId = statementOne((db) =>
  db.select().from(t).where(and(
    eq(t.id, p("id")),
    eq(t.workspaceId, p("workspaceId")),
    eq(t.kind, p("kind")),
    isNull(t.removedAt),
  )).prepare()
);

/** null also for one that was removed. */
export async function selectPreset(
  at: Ctx,
  { kind, id }: { kind: Kind; id: string },
): Promise<PresetRow | null> {
  return await byId(at, { id, kind, workspaceId: at.workspaceId }) ?? null;
}

/** In the order of their names; `owner` sees its own beside those that are shared. */
export async function selectPresets(
  at: Ctx,
  { kind, q, owner, after, limit }: {
    kind: Kind;
    q: string | undefined;
    owner: string;
    after: readonly [string, string] | null;
    limit: number;
  },
): Promise<PresetRow[]> {
  return await at.db.select().from(t).where(and(
    eq(t.workspaceId, at.workspaceId),
    eq(t.kind, kind),
    isNull(t.removedAt),
    sql`(coalesce(json_extract(${t.data}, '$.shared'), 1) = 1 or ${t.createdBy} = ${owner})`,
    q === undefined
      ? undefined
      : sql`(instr(${t.nameKey}, ${q.toLowerCase()}) > 0 or instr(${SHORTCUT}, ${q.toLowerCase()}) > 0)`,
    after === null ? undefined : gt(sql`(${t.nameKey}, ${t.id})`, sql`(${after[0]}, ${after[1]})`),
  )).orderBy(asc(t.nameKey), asc(t.id)).limit(limit);
}

export async function insertPreset(
  tx: Tx,
  row: Pick<PresetRow, "id" | "kind" | "name" | "nameKey" | "data">,
): Promise<PresetRow> {
  const now = tx.now();
  const whole = {
    ...row,
    workspaceId: tx.workspaceId,
    createdBy: tx.actor.id,
    createdAt: now,
    updatedAt: now,
    removedAt: null,
  };
  await tx.db.insert(t).values(whole);
  return whole;
}

export async function updatePreset(
  tx: Tx,
  id: string,
  fields: Partial<Pick<PresetRow, "name" | "nameKey" | "data" | "removedAt">>,
): Promise<void> {
  await tx.db.update(t).set({ ...fields, updatedAt: tx.now() })
    .where(and(eq(t.id, id), eq(t.workspaceId, tx.workspaceId)));
}

/** Whether another one of the kind has the name. */
export async function isNameTaken(
  at: Ctx,
  { kind, nameKey, but }: { kind: Kind; nameKey: string; but: string | null },
): Promise<boolean> {
  const [row] = await at.db.select({ id: t.id }).from(t).where(and(
    eq(t.workspaceId, at.workspaceId),
    eq(t.kind, kind),
    eq(t.nameKey, nameKey),
    isNull(t.removedAt),
  ));
  return row !== undefined && row.id !== but;
}

/** Whether another one of the kind is written by it. */
export async function isShortcutTaken(
  at: Ctx,
  { kind, shortcut, but }: { kind: Kind; shortcut: string; but: string | null },
): Promise<boolean> {
  const rows = await at.db.select({ id: t.id }).from(t).where(and(
    eq(t.workspaceId, at.workspaceId),
    eq(t.kind, kind),
    eq(SHORTCUT, shortcut),
    isNull(t.removedAt),
  )).limit(2);
  return rows.some(({ id }) => id !== but);
}
