import { audit } from "../audit/mod.ts";
import type { Ctx, Tx } from "../context.ts";
import { emit } from "../events/mod.ts";
import { findMember } from "../identity/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { invalid, unlessTaken } from "../kernel/errors.ts";
import { given } from "../kernel/given.ts";
import { newId } from "../kernel/ids.ts";
import { decodeCursor, type Page, type PageRequest, toPage } from "../kernel/page.ts";
import { changing, isFree, tellFreed } from "./freed.ts";
import { loadOperator } from "./load-operator.ts";
import { type OperatorView, viewOf, viewsOf } from "./present.ts";
import {
  type NewOperator,
  newOperator,
  type OperatorChange,
  operatorChange,
  operatorQuery,
} from "./schemas.ts";
import { awaitShift } from "./shifts.ts";
import { insertOperator, type OperatorRow, selectOperators, updateOperator } from "./store.ts";
import { deleteMemberships, insertMemberships, selectMemberships, selectTeamsById } from "./store-teams.ts";

const TAKEN = "Another operator has this user or this e-mail address";

/** Adds an operator. Throws 409 when the user or e-mail is an operator's already, 422 for a team that is not there. */
export async function createOperator(ctx: Ctx, given: NewOperator): Promise<OperatorView> {
  requireScope(ctx, "operators:write");
  const { team_ids, user_id, days_off, ...input } = newOperator.parse(given);
  return await ctx.transact(async (tx) => {
    const now = tx.now();
    const row = {
      ...input,
      id: newId("operator"),
      userId: user_id,
      daysOff: days_off,
      load: 0,
      presence: "offline" as const,
      presenceUntil: null,
      lastSeenAt: null,
      lastAssignedAt: null,
      removedAt: null,
      createdAt: now,
      updatedAt: now,
    };
    await requireMember(tx, user_id);
    await unlessTaken(() => insertOperator(tx, row), TAKEN);
    await joinTeams(tx, { operatorId: row.id, teamIds: team_ids });
    await awaitShift(tx, row);
    const view = await viewOf(tx, await loadOperator(tx, row.id));
    await emit(tx, { type: "operator.created", subjectId: row.id, data: { operator: toNews(view) } });
    await audit(tx, { action: "operator.create", subjectId: row.id, detail: { name: row.name } });
    return view;
  });
}

/** Changes what is given. Work that was held is handed out when the change makes room for it. */
export async function changeOperator(
  ctx: Ctx,
  { id, ...input }: OperatorChange & { id: string },
): Promise<OperatorView> {
  requireScope(ctx, "operators:write");
  const change = operatorChange.parse(input);
  return await ctx.transact(async (tx) => {
    const before = await loadOperator(tx, id);
    if (change.user_id !== before.userId) await requireMember(tx, change.user_id ?? null);
    const { team_ids, user_id, days_off, ...plain } = change;
    const fields = {
      ...plain,
      ...(user_id === undefined ? {} : { userId: user_id }),
      ...(days_off === undefined ? {} : { daysOff: days_off }),
      updatedAt: tx.now(),
    };
    const row = await changing(
      tx,
      { before, by: "capacity_raised" },
      () => unlessTaken(() => updateOperator(tx, id, given(fields)), TAKEN),
    );
    const joined = team_ids !== undefined && await joinTeams(tx, { operatorId: id, teamIds: team_ids });
    const wider = joined || change.skills !== undefined || change.languages !== undefined;
    if (wider && isFree(tx, row)) await tellFreed(tx, row, joined ? "team_joined" : "profile_changed");
    if (change.hours !== undefined || change.timezone !== undefined || days_off !== undefined) {
      await awaitShift(tx, row);
    }
    const view = await viewOf(tx, row);
    const changed = Object.keys(change);
    await emit(tx, {
      type: "operator.changed",
      subjectId: id,
      data: { operator: toNews(view), fields: changed },
    });
    await audit(tx, { action: "operator.change", subjectId: id, detail: { fields: changed } });
    return view;
  });
}

/** Takes an operator away; what was done keeps the name. What becomes of open work is for `lib/handover`. */
export async function removeOperator(ctx: Ctx, { id }: { id: string }): Promise<void> {
  requireScope(ctx, "operators:write");
  await ctx.transact(async (tx) => {
    const operator = await loadOperator(tx, id);
    const now = tx.now();
    await updateOperator(tx, id, {
      removedAt: now,
      updatedAt: now,
      presence: "offline",
      presenceUntil: null,
    });
    await emit(tx, {
      type: "operator.removed",
      subjectId: id,
      data: { operator_id: id, load: operator.load },
    });
    await audit(tx, { action: "operator.remove", subjectId: id, detail: { name: operator.name } });
  });
}

export async function getOperator(ctx: Ctx, { id }: { id: string }): Promise<OperatorView> {
  requireScope(ctx, "operators:read");
  return await viewOf(ctx, await loadOperator(ctx, id));
}

export interface OperatorQuery extends PageRequest {
  readonly q?: string | undefined;
  readonly team_id?: string | undefined;
  readonly skill?: string | undefined;
  readonly presence?: OperatorRow["presence"] | undefined;
}

/** In the order of making. */
export async function listOperators(
  ctx: Ctx,
  { limit, cursor, ...given }: OperatorQuery,
): Promise<Page<OperatorView>> {
  requireScope(ctx, "operators:read");
  const { team_id: teamId, ...filter } = operatorQuery.parse(given);
  const after = cursor === undefined ? null : String(decodeCursor(cursor, 1)[0]);
  const rows = await selectOperators(ctx, { ...filter, teamId, after, limit: limit + 1 });
  const page = toPage(rows, { limit, keysOf: ({ id }) => [id], toDto: (row) => row });
  return { ...page, data: await viewsOf(ctx, page.data) };
}

async function requireMember(tx: Tx, userId: string | null): Promise<void> {
  if (userId !== null && await findMember(tx, userId) === null) {
    throw invalid("user_id", "is no member of this workspace");
  }
}

/** Makes the teams of an operator those that are named; true when there are new ones among them. */
async function joinTeams(
  tx: Tx,
  { operatorId, teamIds }: { operatorId: string; teamIds: readonly string[] },
): Promise<boolean> {
  const known = new Set((await selectTeamsById(tx, teamIds)).map(({ id }) => id));
  const unknown = teamIds.findIndex((id) => !known.has(id));
  if (unknown >= 0) throw invalid(`team_ids.${unknown}`, "is no team of this workspace");
  const before = await selectMemberships(tx, { operatorIds: [operatorId] });
  const fresh = teamIds.filter((id) => !before.some(({ teamId }) => teamId === id));
  await deleteMemberships(tx, before.filter(({ teamId }) => !teamIds.includes(teamId)));
  await insertMemberships(tx, fresh.map((teamId) => ({ teamId, operatorId })));
  return fresh.length > 0;
}

/** What the event log says of an operator: what somebody who follows the desk works with. */
function toNews({ id, name, team_ids, capacity, load, presence, active }: OperatorView) {
  return { id, name, team_ids, capacity, load, presence, active };
}
