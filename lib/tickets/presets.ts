import { type output, z, type ZodObject } from "zod";
import { audit } from "../audit/mod.ts";
import type { Ctx, Tx } from "../context.ts";
import { emit } from "../events/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { iso } from "../kernel/clock.ts";
import { AppError, notFound } from "../kernel/errors.ts";
import { type IdKind, newId } from "../kernel/ids.ts";
import { decodeCursor, type Page, type PageRequest, toPage } from "../kernel/page.ts";
import type { Scope } from "../kernel/scopes.ts";
import { requireActions } from "./action-checks.ts";
import { namedTeam } from "./named.ts";
import { placeholdersIn } from "./placeholders.ts";
import { requireFieldKeys, requireFieldsIn } from "./prepared.ts";
import { askedByActions } from "./prepared-actions.ts";
import { cannedReplyFields, categoryFields, macroFields, viewFields } from "./preset-schemas.ts";
import {
  insertPreset,
  isNameTaken,
  isShortcutTaken,
  type PresetKind,
  type PresetRow,
  selectPreset,
  selectPresets,
  updatePreset,
} from "./store-presets.ts";

interface Preset {
  readonly noun: string;
  readonly id: IdKind;
  readonly fields: ZodObject;
  /** Who may write them; whoever reads tickets may read them. */
  readonly scope: Scope;
}

/** What a desk prepares, by kind. */
export const PRESETS = {
  category: { noun: "category", id: "ticketCategory", fields: categoryFields, scope: "business:write" },
  canned_reply: {
    noun: "canned reply",
    id: "cannedReply",
    fields: cannedReplyFields,
    scope: "tickets:write",
  },
  macro: { noun: "macro", id: "ticketMacro", fields: macroFields, scope: "tickets:write" },
  view: { noun: "view", id: "ticketView", fields: viewFields, scope: "tickets:write" },
} as const satisfies Record<PresetKind, Preset>;

export type PresetData<K extends PresetKind> = output<typeof PRESETS[K]["fields"]>;

export type PresetView<K extends PresetKind> = PresetData<K> & {
  readonly id: string;
  readonly created_by: string;
  readonly created_at: string;
  readonly updated_at: string;
};

/** Safe because a row's data was parsed by the schema of its kind before it was stored. */
function viewOf<K extends PresetKind>(row: PresetRow): PresetView<K> {
  return {
    ...row.data,
    id: row.id,
    created_by: row.createdBy,
    created_at: iso(row.createdAt),
    updated_at: iso(row.updatedAt),
  } as PresetView<K>;
}

interface Choice<K extends PresetKind> {
  readonly kind: K;
  readonly id: string;
}

/** What a change of a kind takes: what is left out stays as it is, so no default may come in its place. */
export function presetChange(kind: PresetKind): z.ZodObject<Record<string, z.ZodOptional<z.ZodType>>> {
  const fields: Readonly<Record<string, z.ZodType>> = PRESETS[kind].fields.shape;
  return z.object(
    Object.fromEntries(
      Object.entries(fields).map(([key, field]) => [key, withoutDefault(field).optional()]),
    ),
  );
}

function withoutDefault(field: z.ZodType): z.ZodType {
  return field instanceof z.ZodDefault ? withoutDefault(inner(field)) : field;
}

/** Safe because a default wraps a type of zod's classic build, which all of ours are. */
function inner(field: z.ZodDefault): z.ZodType {
  const inner = field.unwrap() as z.ZodType;
  return inner.meta({ ...inner.meta(), ...field.meta() });
}

/** In the order of their names; with `q` those that have it in the name or are written by it. */
export async function listPresets<K extends PresetKind>(
  ctx: Ctx,
  { kind, q, limit, cursor }: PageRequest & { kind: K; q?: string | undefined },
): Promise<Page<PresetView<K>>> {
  requireScope(ctx, "tickets:read");
  const keys = cursor === undefined ? null : decodeCursor(cursor, 2);
  const after = keys === null ? null : [String(keys[0]), String(keys[1])] as const;
  const rows = await selectPresets(ctx, { kind, q, owner: ctx.actor.id, after, limit: limit + 1 });
  return toPage(rows, { limit, keysOf: ({ nameKey, id }) => [nameKey, id], toDto: viewOf<K> });
}

export async function getPreset<K extends PresetKind>(ctx: Ctx, choice: Choice<K>): Promise<PresetView<K>> {
  requireScope(ctx, "tickets:read");
  return viewOf<K>(await loadPreset(ctx, choice));
}

/** Throws 409 when another one of the kind has the name. */
export async function createPreset<K extends PresetKind>(
  ctx: Ctx,
  { kind, given }: { kind: K; given: unknown },
): Promise<PresetView<K>> {
  const { scope, id: idKind, fields } = PRESETS[kind];
  requireScope(ctx, scope);
  const data = fields.parse(given);
  return await ctx.transact(async (tx) => {
    const named = await check(tx, { kind, data, but: null, fresh: new Set(Object.keys(data)) });
    const row = await insertPreset(tx, { id: newId(idKind), kind, ...named, data });
    await tell(tx, { row, verb: "create" });
    return viewOf<K>(row);
  });
}

/** Changes what is given. Throws 404, 409 when another one of the kind has the name. */
export async function changePreset<K extends PresetKind>(
  ctx: Ctx,
  { kind, id, given }: Choice<K> & { given: Readonly<Record<string, unknown>> },
): Promise<PresetView<K>> {
  const { scope, fields } = PRESETS[kind];
  requireScope(ctx, scope);
  return await ctx.transact(async (tx) => {
    const before = await loadPreset(tx, { kind, id });
    requireOwn(tx, before);
    const data = fields.parse({ ...before.data, ...given });
    const named = await check(tx, { kind, data, but: id, fresh: new Set(Object.keys(given)) });
    await updatePreset(tx, id, { ...named, data });
    const row = { ...before, ...named, data, updatedAt: tx.now() };
    await tell(tx, { row, verb: "change" });
    return viewOf<K>(row);
  });
}

/** It can't be chosen any more; what names it keeps its id. Throws 404. */
export async function removePreset<K extends PresetKind>(ctx: Ctx, choice: Choice<K>): Promise<void> {
  requireScope(ctx, PRESETS[choice.kind].scope);
  await ctx.transact(async (tx) => {
    const row = await loadPreset(tx, choice);
    requireOwn(tx, row);
    await updatePreset(tx, row.id, { removedAt: tx.now() });
    await tell(tx, { row, verb: "remove" });
  });
}

async function loadPreset<K extends PresetKind>(at: Ctx, { kind, id }: Choice<K>): Promise<PresetRow> {
  const row = await selectPreset(at, { kind, id });
  if (row === null || isHidden(at, row)) throw notFound(PRESETS[kind].noun, id);
  return row;
}

const isHidden = ({ actor }: Ctx, { data, createdBy }: PresetRow) =>
  data["shared"] === false && createdBy !== actor.id;

/** Views are personal: those of others can be used, not changed. */
function requireOwn(tx: Tx, { kind, createdBy }: PresetRow): void {
  const may = kind !== "view" || createdBy === tx.actor.id || tx.actor.scopes.has("business:write");
  if (!may) throw new AppError("forbidden", "Somebody else made this view: make one of your own");
}

async function check(
  tx: Tx,
  { kind, data, but, fresh }: {
    kind: PresetKind;
    data: Record<string, unknown>;
    but: string | null;
    /** The fields that are set by it. */
    fresh: ReadonlySet<string>;
  },
): Promise<{ name: string; nameKey: string }> {
  const name = String(data["name"]);
  const nameKey = name.toLowerCase();
  if (await isNameTaken(tx, { kind, nameKey, but })) {
    throw new AppError("conflict", `There is a ${PRESETS[kind].noun} named "${name}" already`);
  }
  const { team_id: teamId, shortcut, actions } = data;
  // What is named is looked for only when it is set: what was removed since keeps nobody from another change.
  if (typeof teamId === "string" && fresh.has("team_id")) await namedTeam(tx, teamId);
  if (typeof shortcut === "string" && await isShortcutTaken(tx, { kind, shortcut, but })) {
    throw new AppError(
      "conflict",
      `There is a ${PRESETS[kind].noun} with the shortcut "${shortcut}" already`,
    );
  }
  if (kind === "view" && fresh.has("filter")) {
    const { custom = {} } = viewFields.shape.filter.parse(data["filter"]);
    await requireFieldKeys(tx, { keys: Object.keys(custom), path: "filter.custom" });
  }
  if (kind === "macro" && fresh.has("actions")) {
    const wanted = macroFields.shape.actions.parse(actions);
    await requireActions(tx, wanted);
    await requireFieldsIn(tx, askedByActions(wanted));
  }
  if (kind === "canned_reply" && fresh.has("text")) {
    await requireFieldsIn(tx, [{ path: "text", names: placeholdersIn(String(data["text"])) }]);
  }
  return { name, nameKey };
}

const PAST = { create: "created", change: "changed", remove: "removed" } as const;

async function tell(tx: Tx, { row, verb }: { row: PresetRow; verb: keyof typeof PAST }): Promise<void> {
  const data = { kind: row.kind, name: row.name };
  await emit(tx, { type: `ticket_preset.${PAST[verb]}`, subjectId: row.id, data });
  await audit(tx, { action: `ticket_preset.${verb}`, subjectId: row.id, detail: data });
}

/** A category that a ticket names, as it is; null for one that is not there. */
export async function findCategory(at: Ctx, id: string): Promise<PresetView<"category"> | null> {
  const row = await selectPreset(at, { kind: "category", id });
  return row === null ? null : viewOf<"category">(row);
}

/** A view that is shared, or one's own; null for any other. */
export async function findView(at: Ctx, id: string): Promise<PresetView<"view"> | null> {
  const row = await selectPreset(at, { kind: "view", id });
  return row === null || isHidden(at, row) ? null : viewOf<"view">(row);
}
