import { audit } from "../audit/mod.ts";
import type { Ctx, Tx } from "../context.ts";
import { emit } from "../events/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { invalid, notFound, unlessTaken } from "../kernel/errors.ts";
import { newId } from "../kernel/ids.ts";
import { decodeCursor, type Page, type PageRequest, toPage } from "../kernel/page.ts";
import { isFree, tellFreed } from "./freed.ts";
import { type TeamView, teamViewsOf } from "./present.ts";
import { type NewTeam, newTeam, type TeamChange, teamChange } from "./schemas.ts";
import { selectOperatorsById } from "./store.ts";
import {
  deleteMemberships,
  deleteTeam,
  insertMemberships,
  insertTeam,
  selectMemberships,
  selectTeam,
  selectTeams,
  type TeamRow,
  updateTeam,
} from "./store-teams.ts";

const TAKEN = "Another team has this name";

/** Throws 409 for a name that is taken, 422 for an operator or an overflow team that is not there. */
export async function createTeam(ctx: Ctx, given: NewTeam): Promise<TeamView> {
  requireScope(ctx, "operators:write");
  const { operator_ids, when_busy, overflow_team_id, name, skills } = newTeam.parse(given);
  return await ctx.transact(async (tx) => {
    const now = tx.now();
    const row = {
      id: newId("team"),
      name,
      skills,
      whenBusy: when_busy,
      overflowTeamId: overflow_team_id,
      createdAt: now,
      updatedAt: now,
    };
    await requireOverflow(tx, row);
    await unlessTaken(() => insertTeam(tx, row), TAKEN);
    await setMembers(tx, { teamId: row.id, operatorIds: operator_ids });
    await emit(tx, { type: "team.created", subjectId: row.id, data: { name } });
    await audit(tx, { action: "team.create", subjectId: row.id, detail: { name } });
    return await view(tx, row.id);
  });
}

/** Changes what is given; `operator_ids` are all its members from then on. */
export async function changeTeam(
  ctx: Ctx,
  { id, ...given }: TeamChange & { id: string },
): Promise<TeamView> {
  requireScope(ctx, "operators:write");
  const change = teamChange.parse(given);
  return await ctx.transact(async (tx) => {
    const before = await load(tx, id);
    const row = {
      name: change.name ?? before.name,
      skills: change.skills ?? before.skills,
      whenBusy: change.when_busy ?? before.whenBusy,
      overflowTeamId: change.overflow_team_id === undefined ? before.overflowTeamId : change.overflow_team_id,
      updatedAt: tx.now(),
    };
    await requireOverflow(tx, { id, ...row });
    await unlessTaken(() => updateTeam(tx, id, row), TAKEN);
    if (change.operator_ids !== undefined) {
      await setMembers(tx, { teamId: id, operatorIds: change.operator_ids });
    }
    const fields = Object.keys(change);
    await emit(tx, { type: "team.changed", subjectId: id, data: { name: row.name, fields } });
    await audit(tx, { action: "team.change", subjectId: id, detail: { fields } });
    return await view(tx, id);
  });
}

/** Its operators stay; teams that overflowed into it hold their work from now on. */
export async function removeTeam(ctx: Ctx, { id }: { id: string }): Promise<void> {
  requireScope(ctx, "operators:write");
  await ctx.transact(async (tx) => {
    const { name } = await load(tx, id);
    await deleteTeam(tx, id);
    await emit(tx, { type: "team.removed", subjectId: id, data: { name } });
    await audit(tx, { action: "team.remove", subjectId: id, detail: { name } });
  });
}

export async function getTeam(ctx: Ctx, { id }: { id: string }): Promise<TeamView> {
  requireScope(ctx, "operators:read");
  return await view(ctx, id);
}

/** In the order of making. */
export async function listTeams(ctx: Ctx, { limit, cursor }: PageRequest): Promise<Page<TeamView>> {
  requireScope(ctx, "operators:read");
  const after = cursor === undefined ? null : String(decodeCursor(cursor, 1)[0]);
  const rows = await selectTeams(ctx, { after, limit: limit + 1 });
  const page = toPage(rows, { limit, keysOf: ({ id }) => [id], toDto: (row) => row });
  return { ...page, data: await teamViewsOf(ctx, page.data) };
}

async function view(at: Ctx, id: string): Promise<TeamView> {
  const [shown] = await teamViewsOf(at, [await load(at, id)]);
  if (shown === undefined) throw notFound("team", id);
  return shown;
}

async function load(at: Ctx, id: string): Promise<TeamRow> {
  const team = await selectTeam(at, id);
  if (team === null) throw notFound("team", id);
  return team;
}

async function requireOverflow(
  tx: Tx,
  { id, whenBusy, overflowTeamId }: Pick<TeamRow, "id" | "whenBusy" | "overflowTeamId">,
): Promise<void> {
  if (whenBusy === "overflow" && overflowTeamId === null) {
    throw invalid("overflow_team_id", "is needed where work overflows");
  }
  if (overflowTeamId === null) return;
  if (overflowTeamId === id) throw invalid("overflow_team_id", "must be another team");
  if (await selectTeam(tx, overflowTeamId) === null) {
    throw invalid("overflow_team_id", "is no team of this workspace");
  }
}

/** Whoever joins and is free may get what the team holds. */
async function setMembers(
  tx: Tx,
  { teamId, operatorIds }: { teamId: string; operatorIds: readonly string[] },
): Promise<void> {
  const known = new Map(
    (await selectOperatorsById(tx, operatorIds)).filter(({ removedAt }) => removedAt === null)
      .map((row) => [row.id, row]),
  );
  const unknown = operatorIds.findIndex((id) => !known.has(id));
  if (unknown >= 0) throw invalid(`operator_ids.${unknown}`, "is no operator of this workspace");
  const before = await selectMemberships(tx, { teamIds: [teamId] });
  const fresh = [...known.values()].filter(({ id }) => !before.some(({ operatorId }) => operatorId === id));
  await deleteMemberships(tx, before.filter(({ operatorId }) => !known.has(operatorId)));
  await insertMemberships(tx, fresh.map(({ id }) => ({ teamId, operatorId: id })));
  for (const operator of fresh) if (isFree(tx, operator)) await tellFreed(tx, operator, "team_joined");
}
