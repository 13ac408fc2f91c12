import { localDate, localTime, toInstant } from "../business-time/mod.ts";
import { loadBusiness } from "../conversations/mod.ts";
import type { Ctx } from "../context.ts";
import { HOUR } from "../kernel/clock.ts";
import type { ContractState } from "./schemas.ts";
import type { ClientRow } from "./store.ts";
import { selectClientSettings } from "./store-settings.ts";

type Days = Pick<ClientRow, "contractStarts" | "contractEnds">;
type Dated = Days & Pick<ClientRow, "timezone">;

function stateOn({ contractStarts: starts, contractEnds: ends }: Days, day: string): ContractState {
  if (starts !== null && day < starts) return "future";
  return ends !== null && day > ends ? "ended" : "current";
}

/** How far the clocks of the world are from UTC, in hours. */
const FARTHEST = [-12, 14] as const;

/** How a contract stands now, by the client's own clock, else the business's, which is asked for on a day of change only. */
export async function contractState(at: Ctx, client: Dated): Promise<ContractState> {
  const now = at.now();
  const [first, last] = FARTHEST.map((hours) => stateOn(client, localTime("UTC", now + hours * HOUR).date));
  if (first !== undefined && first === last) return first;
  return stateOn(client, localTime(await zoneOf(at, client), now).date);
}

async function zoneOf(at: Ctx, { timezone }: Dated): Promise<string> {
  return timezone ?? (await loadBusiness(at)).timezone;
}

/** When it is told that a contract ends: that many days before, unless others are set, at that time of the day. */
export const WARNING = { days: 14, minutes: 9 * 60 } as const;

export async function warningDaysOf(at: Ctx): Promise<number> {
  return (await selectClientSettings(at))?.contractWarningDays ?? WARNING.days;
}

/** When the end of a contract is told of, so many days before; null: it has none, it is over, or it is not told of. */
export async function warningOf(
  at: Ctx,
  client: Dated,
): Promise<{ readonly days: number; readonly time: number } | null> {
  const { contractEnds: ends } = client;
  if (ends === null || await contractState(at, client) === "ended") return null;
  const [days, zone] = await Promise.all([warningDaysOf(at), zoneOf(at, client)]);
  if (days === 0) return null;
  return { days, time: toInstant(zone, { date: localDate(ends, -days), minutes: WARNING.minutes }) };
}

/** All that was agreed on, and whether its end was told of. */
const TERMS = [
  "contractStarts",
  "contractEnds",
  "contractPlan",
  "contractWarned",
] as const satisfies readonly (keyof ClientRow)[];

function hasContract({ contractStarts, contractEnds, contractPlan }: ClientRow): boolean {
  return contractStarts !== null || contractEnds !== null || contractPlan !== null;
}

/**
 * The contract of two clients who become one: whole, of one of them. It is the one's own, unless there is none, or it is
 * over and the other's is not. An SLA goes with its contract; that of a client without one fills what is missing.
 */
export async function contractOfBoth(
  at: Ctx,
  { into, from }: { into: ClientRow; from: ClientRow },
): Promise<Partial<ClientRow>> {
  const over = async (row: ClientRow) => await contractState(at, row) === "ended";
  const goesOver = hasContract(from) && (!hasContract(into) || (await over(into) && !await over(from)));
  const [chosen, other] = goesOver ? [from, into] : [into, from];
  return {
    ...Object.fromEntries(TERMS.map((key) => [key, chosen[key]])),
    slaPolicyId: chosen.slaPolicyId ?? (hasContract(other) ? null : other.slaPolicyId),
  };
}
