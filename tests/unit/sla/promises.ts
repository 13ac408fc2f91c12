import { asc } from "drizzle-orm";
import { events } from "../../../db/schema/log.ts";
import type { Tx } from "../../../lib/context.ts";
import { type ClockRow, clocksOf, createPolicy, type PolicyInput } from "../../../lib/sla/mod.ts";
import type { Harness, Person } from "../../support/harness.ts";
import { slaHandlers } from "../../../workers/handlers/sla.ts";
import { work } from "../conversations/talk.ts";

export const MINUTE = 60_000;
/** Monday, when the clock of tests begins: 16:00 UTC. */
export const START = Date.UTC(2026, 0, 5, 16, 0, 0);
export const TICKET = "tkt_1";

export interface Promises {
  readonly policyId: string;
  /** Calls the face in a transaction of the system's. */
  in<T>(act: (tx: Tx) => Promise<T>): Promise<T>;
  /** Lets minutes pass and the timers that fell due in them run, each at its time. */
  pass(minutes: number): Promise<void>;
  clocks(): Promise<readonly ClockRow[]>;
  clock(kind: ClockRow["kind"]): Promise<ClockRow>;
  /** `type clock` of every event about promises, in order. */
  told(): Promise<string[]>;
}

const HOURLY: PolicyInput = {
  name: "Oro",
  default: true,
  counts: "wall",
  targets: {
    first_response: { low: 240, normal: 60, urgent: 10 },
    next_response: { normal: 30 },
    resolution: { normal: 480, urgent: 120 },
  },
};

export async function openPromises(
  h: Harness,
  person: Person,
  policy: Partial<PolicyInput> = {},
): Promise<Promises> {
  const { id: policyId } = await createPolicy(person.ctx, { ...HOURLY, ...policy });
  const inside = h.system.as({ workspaceId: person.workspaceId });
  const clocks = async () => (await clocksOf(inside, [TICKET])).get(TICKET) ?? [];
  return {
    policyId,
    in: (act) => inside.transact(act),
    async pass(minutes) {
      for (let minute = 0; minute < minutes; minute++) {
        h.clock.advance(MINUTE);
        await work(h, slaHandlers);
      }
    },
    clocks,
    async clock(kind) {
      const found = (await clocks()).findLast((clock) => clock.kind === kind);
      if (found === undefined) throw new Error(`there is no clock ${kind}`);
      return found;
    },
    async told() {
      const rows = await inside.db.select().from(events).orderBy(asc(events.seq));
      return rows.filter(({ type }) => /^sla\./.test(type)).map(({ type, data }) =>
        `${type} ${data["clock"]}`
      );
    },
  };
}
