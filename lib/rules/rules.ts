import { audit } from "../audit/mod.ts";
import type { Ctx, Tx } from "../context.ts";
import { emit } from "../events/mod.ts";
import { enqueue } from "../jobs/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { AppError, invalid, notFound, there, underPath } from "../kernel/errors.ts";
import { given } from "../kernel/given.ts";
import { decodeCursor, type Page, type PageRequest, toPage } from "../kernel/page.ts";
import { requireVersion, type Versions } from "../kernel/versions.ts";
import { findMember } from "../identity/mod.ts";
import { findOperator, findTeam } from "../operators/mod.ts";
import { requireActions, requireFieldsIn } from "../tickets/mod.ts";
import { textsOf, variablesIn } from "./action-schemas.ts";
import { rulesArm } from "./jobs.ts";
import {
  type RuleChange,
  ruleChange,
  type RuleFields,
  type RuleInput,
  ruleInput,
  type RunQuery,
} from "./schemas.ts";
import {
  deleteRuleRow,
  insertRule,
  MOST_RULES,
  placeRule,
  type RuleRow,
  selectRule,
  selectRules,
  updateRuleRow,
} from "./store.ts";
import { type RunRow, selectRuns } from "./store-runs.ts";

/** All rules, in the order in which they run. */
export async function listRules(ctx: Ctx): Promise<Page<RuleRow>> {
  requireScope(ctx, "sla:read");
  return { data: await selectRules(ctx), next_cursor: null };
}

/** Which rule, and where wanted under which of its versions. */
interface RuleChoice {
  readonly id: string;
  readonly versions?: Versions;
}

/** Throws 404. */
export async function getRule(ctx: Ctx, id: string): Promise<RuleRow> {
  requireScope(ctx, "sla:read");
  return await loadRule(ctx, id);
}

async function loadRule(at: Ctx, id: string): Promise<RuleRow> {
  const row = await selectRule(at, id);
  if (row === undefined) throw notFound("rule", id);
  return row;
}

/** Adds a rule behind the others. Throws 409 beyond 500, 422 with every path that is wrong. */
export async function createRule(ctx: Ctx, input: RuleInput): Promise<RuleRow> {
  requireScope(ctx, "sla:write");
  const fields = ruleInput.parse(input);
  await checkAddresses(ctx, fields.actions);
  return await ctx.transact(async (tx) => {
    await requireThere(tx, fields.actions);
    if ((await selectRules(tx)).length >= MOST_RULES) {
      throw new AppError("conflict", `There are ${MOST_RULES} rules: remove one first`);
    }
    const row = await insertRule(tx, fields);
    await arm(tx, row);
    await emit(tx, { type: "rule.created", subjectId: row.id, data: { name: row.name } });
    await audit(tx, { action: "rule.create", subjectId: row.id, detail: { name: row.name } });
    return row;
  });
}

/** Changes what is given. Throws 404, 412, 422 when the whole would not be a rule. */
export async function updateRule(
  ctx: Ctx,
  { id, versions, ...input }: RuleChange & RuleChoice,
): Promise<RuleRow> {
  requireScope(ctx, "sla:write");
  const change = ruleChange.parse(input);
  await checkAddresses(ctx, change.actions ?? []);
  return await ctx.transact(async (tx) => {
    const before = await loadRule(tx, id);
    requireVersion(before, { versions, what: "rule" });
    const { name, description, enabled, when, conditions, actions, stops } = { ...before, ...given(change) };
    const whole = ruleInput.parse({ name, description, enabled, when, conditions, actions, stops });
    if (change.actions !== undefined) await requireThere(tx, whole.actions);
    await updateRuleRow(tx, id, whole);
    const row = await loadRule(tx, id);
    if (change.when !== undefined || change.enabled === true) await arm(tx, row);
    const fields = Object.keys(input);
    await emit(tx, { type: "rule.changed", subjectId: id, data: { fields } });
    await audit(tx, { action: "rule.update", subjectId: id, detail: { fields } });
    return row;
  });
}

/** A rule of time looks at what is there already. */
async function arm(tx: Tx, { id, enabled, when }: RuleRow): Promise<void> {
  if (enabled && !("event" in when)) await enqueue(tx, rulesArm, { ruleId: id, after: null });
}

/** What actions name, and whom they tell, has to be there. Throws 422. */
async function requireThere(tx: Tx, actions: RuleFields["actions"]): Promise<void> {
  await requireActions(tx, actions);
  await requireFieldsIn(
    tx,
    actions.flatMap((action, at) =>
      textsOf(action).map(({ key, text }) => ({ path: `actions.${at}.${key}`, names: variablesIn(text) }))
    ),
  );
  for (const [at, action] of actions.entries()) {
    for (const [index, to] of (action.type === "notify" ? action.to : []).entries()) {
      const path = `actions.${at}.to.${index}`;
      if (typeof to !== "object") continue;
      if ("user_id" in to) there(`${path}.user_id`, await findMember(tx, to.user_id));
      if ("operator_id" in to) there(`${path}.operator_id`, await findOperator(tx, to.operator_id));
      if ("team_id" in to) there(`${path}.team_id`, await findTeam(tx, to.team_id));
    }
  }
}

/** Addresses on the web are checked when they are saved, and again when they are called. */
async function checkAddresses(ctx: Ctx, actions: RuleFields["actions"]): Promise<void> {
  for (const [at, action] of actions.entries()) {
    if (action.type !== "notify") continue;
    for (const [index, to] of action.to.entries()) {
      if (typeof to !== "object" || !("channel" in to) || to.channel !== "webhook") continue;
      if (!/^https?:/i.test(to.recipient)) continue;
      await ctx.ports.fetch.check(to.recipient).catch((thrown) => {
        throw underPath(`actions.${at}.to.${index}.recipient`, thrown);
      });
    }
  }
}

/** Throws 404, 412. What it did stays recorded. */
export async function deleteRule(ctx: Ctx, { id, versions }: RuleChoice): Promise<void> {
  requireScope(ctx, "sla:write");
  await ctx.transact(async (tx) => {
    requireVersion(await loadRule(tx, id), { versions, what: "rule" });
    await deleteRuleRow(tx, id);
    await emit(tx, { type: "rule.deleted", subjectId: id });
    await audit(tx, { action: "rule.delete", subjectId: id });
  });
}

/** Puts the rules into another order. Throws 422 unless each of them is named once. */
export async function orderRules(ctx: Ctx, ids: readonly string[]): Promise<Page<RuleRow>> {
  requireScope(ctx, "sla:write");
  return await ctx.transact(async (tx) => {
    const known = (await selectRules(tx)).map(({ id }) => id).sort();
    if (JSON.stringify(known) !== JSON.stringify([...ids].sort())) {
      throw invalid("rule_ids", "must name every rule of the workspace once");
    }
    for (const [at, id] of ids.entries()) await placeRule(tx, id, at + 1);
    await emit(tx, { type: "rule.ordered", subjectId: tx.workspaceId, data: { rule_ids: ids } });
    await audit(tx, { action: "rule.order", detail: { rule_ids: ids } });
    return { data: await selectRules(tx), next_cursor: null };
  });
}

/** What rules did, the latest first. */
export async function listRuns(
  ctx: Ctx,
  { limit, cursor, rule_id: ruleId, subject_id: subjectId, outcome }: PageRequest & RunQuery,
): Promise<Page<RunRow>> {
  requireScope(ctx, "sla:read");
  const before = cursor === undefined ? null : String(decodeCursor(cursor, 1)[0]);
  const rows = await selectRuns(ctx, { ruleId, subjectId, outcome, before, limit: limit + 1 });
  return toPage(rows, { limit, keysOf: ({ id }) => [id], toDto: (row) => row });
}
