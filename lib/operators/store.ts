import { and, asc, eq, gt, inArray, isNull, lt, or, sql } from "drizzle-orm";
import { operators, type Presence, teamMembers } from "../../db/schema/operators.ts";
import { statement, statementOne } from "../../db/statement.ts";
import type { Calendar } from "../business-time/mod.ts";
import type { Ctx, Tx } from "../context.ts";
import { createRemembered } from "../kernel/remembered.ts";
import type { Worker } from "./policy.ts";

export type OperatorRow = typeof operators.$inferSelect;
export type OperatorFields = Omit<OperatorRow, "id" | "workspaceId" | "createdAt">;

const p = sql.placeholder;
const o = operators;

const byId = statementOne((db) =>
  db.select().from(o).where(and(eq(o.workspaceId, p("workspaceId")), eq(o.id, p("id")))).prepare()
);

/** Also one that was removed: what it did keeps its name. */
export async function selectOperator(at: Ctx, id: string): Promise<OperatorRow | null> {
  return await byId(at, { workspaceId: at.workspaceId, id }) ?? null;
}

const byUser = statementOne((db) =>
  db.select().from(o).where(and(
    eq(o.workspaceId, p("workspaceId")),
    eq(o.userId, p("userId")),
    isNull(o.removedAt),
  )).prepare()
);

export async function selectOperatorOfUser(at: Ctx, userId: string): Promise<OperatorRow | null> {
  return await byUser(at, { workspaceId: at.workspaceId, userId }) ?? null;
}

/** Whose id, e-mail or phone it is; one who was removed is nobody. */
export async function selectOperatorByHandle(at: Ctx, handle: string): Promise<OperatorRow | null> {
  const digits = handle.replace(/\D/g, "");
  const phone = digits.length < 3 || /[a-z@]/i.test(handle)
    ? undefined
    : sql`replace(replace(replace(replace(replace(replace(${o.phone}, ' ', ''), '-', ''), '(', ''), ')', ''), '.', ''), '+', '') = ${digits}`;
  const [row] = await at.db.select().from(o).where(and(
    eq(o.workspaceId, at.workspaceId),
    isNull(o.removedAt),
    or(eq(o.id, handle), eq(o.email, handle.trim().toLowerCase()), phone),
  )).orderBy(asc(o.id)).limit(1);
  return row ?? null;
}

export async function selectOperatorsById(at: Ctx, ids: readonly string[]): Promise<OperatorRow[]> {
  if (ids.length === 0) return [];
  return await at.db.select().from(o).where(and(eq(o.workspaceId, at.workspaceId), inArray(o.id, [...ids])));
}

/** Those who get work, at most `limit` of them. */
export async function selectActiveOperators(at: Ctx, limit: number): Promise<OperatorRow[]> {
  return await at.db.select().from(o)
    .where(and(eq(o.workspaceId, at.workspaceId), eq(o.active, true), isNull(o.removedAt)))
    .orderBy(asc(o.id)).limit(limit);
}

export interface OperatorFilter {
  readonly after: string | null;
  readonly limit: number;
  readonly q?: string | undefined;
  readonly teamId?: string | undefined;
  readonly skill?: string | undefined;
  readonly presence?: Presence | undefined;
}

/** In the order of making; those removed are left out. */
export async function selectOperators(at: Ctx, filter: OperatorFilter): Promise<OperatorRow[]> {
  const { after, limit, q, teamId, skill, presence } = filter;
  const start = q?.replace(/[\\%_]/g, (char) => `\\${char}`);
  const here = sql`${o.presence} <> 'offline' and ${o.presenceUntil} > ${at.now()}`;
  return await at.db.select().from(o).where(and(
    eq(o.workspaceId, at.workspaceId),
    isNull(o.removedAt),
    after === null ? undefined : gt(o.id, after),
    start === undefined ? undefined : or(
      sql`${o.name} like ${`${start}%`} escape '\\'`,
      sql`${o.name} like ${`% ${start}%`} escape '\\'`,
    ),
    teamId === undefined ? undefined : inArray(
      o.id,
      at.db.select({ id: teamMembers.operatorId }).from(teamMembers).where(
        and(eq(teamMembers.workspaceId, at.workspaceId), eq(teamMembers.teamId, teamId)),
      ),
    ),
    skill === undefined ? undefined : sql`exists (select 1 from json_each(${o.skills}) s
      where json_extract(s.value, '$.name') = ${skill.trim().toLowerCase()})`,
    presence === undefined
      ? undefined
      : presence === "offline"
      ? sql`not coalesce(${here}, 0)`
      : and(eq(o.presence, presence), here),
  )).orderBy(asc(o.id)).limit(limit);
}

/** What a choice looks at, all of them in one value: twenty operators take a fifth of the time of twenty rows. */
const WORKERS = {
  list: sql<
    string
  >`json_group_array(json_array(${o.id}, ${o.name}, ${o.skills}, ${o.languages}, ${o.capacity},
    ${o.load}, ${o.presence}, ${o.presenceUntil}, ${o.timezone}, ${o.hours}, ${o.daysOff}, ${o.active},
    ${o.lastAssignedAt}, ${o.createdAt}))`,
};

const ofTeam = statementOne((db) =>
  db.select(WORKERS).from(teamMembers).innerJoin(o, eq(o.id, teamMembers.operatorId)).where(and(
    eq(teamMembers.teamId, p("teamId")),
    sql`+${teamMembers.workspaceId} = ${p("workspaceId")}`, // by the team, not by all members of all
    isNull(o.removedAt),
  )).prepare()
);
const ofWorkspace = statementOne((db) =>
  db.select(WORKERS).from(o).where(and(eq(o.workspaceId, p("workspaceId")), isNull(o.removedAt))).prepare()
);

const skillsOf = createRemembered<OperatorRow["skills"]>();
const languagesOf = createRemembered<OperatorRow["languages"]>();
const calendarOf = createRemembered<Calendar>();

/** Who may be given work: of one team, or of the whole workspace. */
export async function selectCandidates(at: Ctx, teamId: string | null): Promise<Worker[]> {
  const { workspaceId } = at;
  const found = teamId === null
    ? await ofWorkspace(at, { workspaceId })
    : await ofTeam(at, { workspaceId, teamId });
  return listed(found?.list ?? "[]").map((
    [
      id,
      name,
      skills,
      languages,
      capacity,
      load,
      presence,
      presenceUntil,
      timezone,
      hours,
      daysOff,
      active,
      lastAssignedAt,
      createdAt,
    ],
  ) => ({
    id,
    name,
    skills: skillsOf(skills),
    languages: languagesOf(languages),
    capacity,
    load,
    presence,
    presenceUntil,
    shifts: calendarOf(
      `{"timezone":${JSON.stringify(timezone)},"hours":${hours ?? "null"},"holidays":${daysOff}}`,
    ),
    active: active === 1,
    lastAssignedAt,
    createdAt,
  }));
}

/** As WORKERS has them: JSON columns are texts, because most operators have the same ones. */
type Listed = readonly [
  id: string,
  name: string,
  skills: string,
  languages: string,
  capacity: number,
  load: number,
  presence: Presence,
  presenceUntil: number | null,
  timezone: string,
  hours: string | null,
  daysOff: string,
  active: 0 | 1,
  lastAssignedAt: number | null,
  createdAt: number,
];

/** Safe because WORKERS says which columns, and the columns hold what their type says. */
function listed(text: string): Listed[] {
  return JSON.parse(text) as Listed[];
}

export async function insertOperator(tx: Tx, row: Omit<OperatorRow, "workspaceId">): Promise<void> {
  await tx.db.insert(o).values({ ...row, workspaceId: tx.workspaceId });
}

export async function updateOperator(
  tx: Tx,
  id: string,
  change: Partial<OperatorFields>,
): Promise<void> {
  await tx.db.update(o).set(change).where(and(eq(o.workspaceId, tx.workspaceId), eq(o.id, id)));
}

const moreLoad = statement((db) =>
  db.update(o).set({ load: sql`${o.load} + 1`, lastAssignedAt: sql`${p("now")}` }).where(and(
    eq(o.workspaceId, p("workspaceId")),
    eq(o.id, p("id")),
    isNull(o.removedAt),
    or(lt(o.load, o.capacity), sql`${p("anyway")} = 1`),
  )).prepare()
);

/** False when the operator is full (and `anyway` is not meant), removed or not there. */
export async function raiseLoad(
  tx: Tx,
  { operatorId, anyway }: { operatorId: string; anyway: boolean },
): Promise<boolean> {
  const { workspaceId } = tx;
  const done = await moreLoad(tx, { workspaceId, id: operatorId, now: tx.now(), anyway: anyway ? 1 : 0 });
  return done.rowsAffected === 1;
}

const setLoad = statement((db) =>
  db.update(o).set({ load: sql`${p("load")}` }).where(
    and(eq(o.workspaceId, p("workspaceId")), eq(o.id, p("id"))),
  ).prepare()
);

export async function writeLoad(
  tx: Tx,
  { operatorId, load }: { operatorId: string; load: number },
): Promise<void> {
  await setLoad(tx, { workspaceId: tx.workspaceId, id: operatorId, load });
}
