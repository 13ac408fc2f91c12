import { audit } from "../audit/mod.ts";
import type { Ctx, Tx } from "../context.ts";
import { emit } from "../events/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { invalid, notFound } from "../kernel/errors.ts";
import { given } from "../kernel/given.ts";
import { decodeCursor, type Page, type PageRequest, timeKey, toPage } from "../kernel/page.ts";
import { requireVersion, type Versions } from "../kernel/versions.ts";
import { type PolicyChange, policyChange, type PolicyInput, policyInput } from "./schemas.ts";
import { selectCalendar } from "./store-calendars.ts";
import { type ClockFilter, type ClockRow, selectClocks, selectClocksOf } from "./store-clocks.ts";
import {
  clearDefaultPolicy,
  deletePolicyRow,
  insertPolicy,
  type PolicyFields,
  type PolicyRow,
  selectPolicies,
  selectPolicy,
  updatePolicyRow,
} from "./store-policies.ts";

/** Newest first. */
export async function listPolicies(ctx: Ctx, { limit, cursor }: PageRequest): Promise<Page<PolicyRow>> {
  requireScope(ctx, "sla:read");
  const before = cursor === undefined ? null : String(decodeCursor(cursor, 1)[0]);
  const rows = await selectPolicies(ctx, { before, limit: limit + 1 });
  return toPage(rows, { limit, keysOf: ({ id }) => [id], toDto: (row) => row });
}

/** Which policy, and where wanted under which of its versions. */
interface PolicyChoice {
  readonly id: string;
  readonly versions?: Versions;
}

/** Throws 404. */
export async function getPolicy(ctx: Ctx, id: string): Promise<PolicyRow> {
  requireScope(ctx, "sla:read");
  return await loadPolicy(ctx, id);
}

async function loadPolicy(at: Ctx, id: string): Promise<PolicyRow> {
  const row = await selectPolicy(at, id);
  if (row === undefined) throw notFound("SLA policy", id);
  return row;
}

/** A default one takes that place from the one that held it. Throws 422. */
export async function createPolicy(ctx: Ctx, input: PolicyInput): Promise<PolicyRow> {
  requireScope(ctx, "sla:write");
  const { calendar_id: calendarId, default: isDefault, ...rest } = policyInput.parse(input);
  return await ctx.transact(async (tx) => {
    const row = await insertPolicy(tx, await checked(tx, { ...rest, calendarId, isDefault }));
    await emit(tx, { type: "sla_policy.created", subjectId: row.id, data: { name: row.name } });
    await audit(tx, { action: "sla_policy.create", subjectId: row.id, detail: { name: row.name } });
    return row;
  });
}

/** Changes what is given, for promises that are made from now on: those that run are kept as made. Throws 404, 412, 422. */
export async function updatePolicy(
  ctx: Ctx,
  { id, versions, ...input }: PolicyChange & PolicyChoice,
): Promise<PolicyRow> {
  requireScope(ctx, "sla:write");
  const { calendar_id, default: isDefault, ...change } = policyChange.parse(input);
  return await ctx.transact(async (tx) => {
    const before = await loadPolicy(tx, id);
    requireVersion(before, { versions, what: "SLA policy" });
    const { name, description, counts, targets, warn } = { ...before, ...given(change) };
    const calendarId = calendar_id === undefined ? before.calendarId : calendar_id;
    const whole = { name, description, counts, calendarId, targets, warn };
    await updatePolicyRow(tx, id, await checked(tx, { ...whole, isDefault: isDefault ?? before.isDefault }));
    const fields = Object.keys(input);
    await emit(tx, { type: "sla_policy.changed", subjectId: id, data: { fields } });
    await audit(tx, { action: "sla_policy.update", subjectId: id, detail: { fields } });
    return await loadPolicy(tx, id);
  });
}

/** Makes room for a default policy, and refuses a calendar that is not there. */
async function checked(tx: Tx, fields: PolicyFields): Promise<PolicyFields> {
  if (fields.calendarId !== null && await selectCalendar(tx, fields.calendarId) === undefined) {
    throw invalid("calendar_id", "is no calendar of this workspace");
  }
  if (fields.isDefault) await clearDefaultPolicy(tx);
  return fields;
}

/** Promises that were made by it run on as made. Throws 404, 412. */
export async function deletePolicy(ctx: Ctx, { id, versions }: PolicyChoice): Promise<void> {
  requireScope(ctx, "sla:write");
  await ctx.transact(async (tx) => {
    requireVersion(await loadPolicy(tx, id), { versions, what: "SLA policy" });
    await deletePolicyRow(tx, id);
    await emit(tx, { type: "sla_policy.deleted", subjectId: id });
    await audit(tx, { action: "sla_policy.delete", subjectId: id });
  });
}

/** In a cursor, the place of those that have no due time. */
const NO_TIME = "";

/** The promises in one state, or of a ticket in any, those that are due first before others. */
export async function listClocks(
  ctx: Ctx,
  { limit, cursor, state, ticketId }: PageRequest & Pick<ClockFilter, "state" | "ticketId">,
): Promise<Page<ClockRow>> {
  requireScope(ctx, "sla:read");
  const [dueAt, id] = cursor === undefined ? [NO_TIME] : decodeCursor(cursor, 2);
  const time = dueAt === NO_TIME ? null : timeKey(dueAt);
  const after = cursor === undefined ? null : { dueAt: time, id: String(id) };
  const rows = await selectClocks(ctx, { state, ticketId, after, limit: limit + 1 });
  return toPage(rows, { limit, keysOf: (row) => [row.dueAt ?? NO_TIME, row.id], toDto: (row) => row });
}

/** The promises about each of these tickets (200 at most), oldest first; those of no time are left out. */
export async function clocksOf(
  at: Ctx,
  ticketIds: readonly string[],
): Promise<ReadonlyMap<string, readonly ClockRow[]>> {
  const rows = (await selectClocksOf(at, ticketIds)).filter(({ targetMs }) => targetMs !== null);
  return Map.groupBy(rows, ({ ticketId }) => ticketId);
}
