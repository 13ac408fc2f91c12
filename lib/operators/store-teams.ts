import { and, asc, eq, gt, inArray, isNull, sql } from "drizzle-orm";
import { operators, teamMembers, teams } from "../../db/schema/operators.ts";
import { statementOne } from "../../db/statement.ts";
import type { Ctx, Tx } from "../context.ts";

export type TeamRow = typeof teams.$inferSelect;

const p = sql.placeholder;

const byId = statementOne((db) =>
  db.select().from(teams).where(and(eq(teams.workspaceId, p("workspaceId")), eq(teams.id, p("id")))).prepare()
);

export async function selectTeam(at: Ctx, id: string): Promise<TeamRow | null> {
  return await byId(at, { workspaceId: at.workspaceId, id }) ?? null;
}

export async function selectTeams(
  at: Ctx,
  { after, limit }: { after: string | null; limit: number },
): Promise<TeamRow[]> {
  return await at.db.select().from(teams).where(and(
    eq(teams.workspaceId, at.workspaceId),
    after === null ? undefined : gt(teams.id, after),
  )).orderBy(asc(teams.id)).limit(limit);
}

export async function selectTeamsById(at: Ctx, ids: readonly string[]): Promise<TeamRow[]> {
  if (ids.length === 0) return [];
  return await at.db.select().from(teams)
    .where(and(eq(teams.workspaceId, at.workspaceId), inArray(teams.id, [...ids])));
}

export async function insertTeam(tx: Tx, row: Omit<TeamRow, "workspaceId">): Promise<void> {
  await tx.db.insert(teams).values({ ...row, workspaceId: tx.workspaceId });
}

export async function updateTeam(
  tx: Tx,
  id: string,
  change: Partial<Omit<TeamRow, "id" | "workspaceId" | "createdAt">>,
): Promise<void> {
  await tx.db.update(teams).set(change).where(and(eq(teams.workspaceId, tx.workspaceId), eq(teams.id, id)));
}

/** Its memberships go with it; teams that overflow into it hold their work from now on. */
export async function deleteTeam(tx: Tx, id: string): Promise<void> {
  await tx.db.update(teams).set({ whenBusy: "hold", overflowTeamId: null })
    .where(and(eq(teams.workspaceId, tx.workspaceId), eq(teams.overflowTeamId, id)));
  await tx.db.delete(teams).where(and(eq(teams.workspaceId, tx.workspaceId), eq(teams.id, id)));
}

export interface Membership {
  readonly teamId: string;
  readonly operatorId: string;
}

/** Of operators who are still there, in the order of joining. */
export async function selectMemberships(
  at: Ctx,
  which: { teamIds: readonly string[] } | { operatorIds: readonly string[] },
): Promise<Membership[]> {
  const [column, ids] = "teamIds" in which
    ? [teamMembers.teamId, which.teamIds] as const
    : [teamMembers.operatorId, which.operatorIds] as const;
  if (ids.length === 0) return [];
  return await at.db.select({ teamId: teamMembers.teamId, operatorId: teamMembers.operatorId })
    .from(teamMembers)
    .innerJoin(operators, and(eq(operators.id, teamMembers.operatorId), isNull(operators.removedAt)))
    .where(and(eq(teamMembers.workspaceId, at.workspaceId), inArray(column, [...ids])))
    .orderBy(asc(teamMembers.createdAt), asc(teamMembers.operatorId), asc(teamMembers.teamId));
}

export async function insertMemberships(tx: Tx, members: readonly Membership[]): Promise<void> {
  const { workspaceId } = tx;
  const createdAt = tx.now();
  for (const member of members) {
    await tx.db.insert(teamMembers).values({ ...member, workspaceId, createdAt }).onConflictDoNothing();
  }
}

export async function deleteMemberships(tx: Tx, members: readonly Membership[]): Promise<void> {
  for (const { teamId, operatorId } of members) {
    await tx.db.delete(teamMembers).where(and(
      eq(teamMembers.workspaceId, tx.workspaceId),
      eq(teamMembers.teamId, teamId),
      eq(teamMembers.operatorId, operatorId),
    ));
  }
}
