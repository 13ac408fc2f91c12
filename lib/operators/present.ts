import type { Presence, Skill } from "../../db/schema/operators.ts";
import type { Ctx } from "../context.ts";
import { iso, isoOrNull } from "../kernel/clock.ts";
import { isOpenNow } from "../business-time/mod.ts";
import { presenceAt, shiftsOf } from "./policy.ts";
import type { OperatorRow } from "./store.ts";
import { type Membership, selectMemberships, type TeamRow } from "./store-teams.ts";

export interface OperatorView {
  readonly id: string;
  readonly user_id: string | null;
  readonly name: string;
  readonly email: string | null;
  readonly phone: string | null;
  readonly skills: Skill[];
  readonly languages: string[];
  readonly team_ids: string[];
  readonly capacity: number;
  readonly load: number;
  readonly presence: Presence;
  readonly presence_until: string | null;
  readonly last_seen_at: string | null;
  readonly on_shift: boolean;
  readonly timezone: string;
  readonly hours: OperatorRow["hours"];
  readonly days_off: OperatorRow["daysOff"];
  readonly active: boolean;
  readonly last_assigned_at: string | null;
  readonly created_at: string;
  readonly updated_at: string;
}

/** Operators as they are shown, with the presence that counts now. */
export async function viewsOf(at: Ctx, rows: readonly OperatorRow[]): Promise<OperatorView[]> {
  const members = await selectMemberships(at, { operatorIds: rows.map(({ id }) => id) });
  return rows.map((row) => toView(row, { members, now: at.now() }));
}

export async function viewOf(at: Ctx, row: OperatorRow): Promise<OperatorView> {
  return toView(row, { members: await selectMemberships(at, { operatorIds: [row.id] }), now: at.now() });
}

function toView(
  row: OperatorRow,
  { members, now }: { members: readonly Membership[]; now: number },
): OperatorView {
  const presence = presenceAt(row, now);
  return {
    id: row.id,
    user_id: row.userId,
    name: row.name,
    email: row.email,
    phone: row.phone,
    skills: row.skills,
    languages: row.languages,
    team_ids: members.filter(({ operatorId }) => operatorId === row.id).map(({ teamId }) => teamId),
    capacity: row.capacity,
    load: row.load,
    presence,
    presence_until: presence === "offline" ? null : isoOrNull(row.presenceUntil),
    last_seen_at: isoOrNull(row.lastSeenAt),
    on_shift: isOpenNow(shiftsOf(row), now),
    timezone: row.timezone,
    hours: row.hours,
    days_off: row.daysOff,
    active: row.active,
    last_assigned_at: isoOrNull(row.lastAssignedAt),
    created_at: iso(row.createdAt),
    updated_at: iso(row.updatedAt),
  };
}

export interface TeamView {
  readonly id: string;
  readonly name: string;
  readonly skills: string[];
  readonly when_busy: TeamRow["whenBusy"];
  readonly overflow_team_id: string | null;
  readonly operator_ids: string[];
  readonly created_at: string;
  readonly updated_at: string;
}

export async function teamViewsOf(at: Ctx, rows: readonly TeamRow[]): Promise<TeamView[]> {
  const members = await selectMemberships(at, { teamIds: rows.map(({ id }) => id) });
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    skills: row.skills,
    when_busy: row.whenBusy,
    overflow_team_id: row.overflowTeamId,
    operator_ids: members.filter(({ teamId }) => teamId === row.id).map(({ operatorId }) => operatorId),
    created_at: iso(row.createdAt),
    updated_at: iso(row.updatedAt),
  }));
}
