import { drainConsumers } from "../../../lib/consumers/mod.ts";
import { MINUTE } from "../../../lib/kernel/clock.ts";
import { createRule, listRuns, type RuleInput } from "../../../lib/rules/mod.ts";
import type { PolicyInput } from "../../../lib/sla/mod.ts";
import type { TicketDetail } from "../../../lib/tickets/mod.ts";
import { consumers } from "../../../workers/consumers.ts";
import { handlers } from "../../../workers/registry.ts";
import type { Harness, Person } from "../../support/harness.ts";
import { work } from "../conversations/talk.ts";

export interface Desk {
  readonly person: Person;
  /** Calls the API as the owner; throws unless it is fine. */
  send(method: string, path: string, body?: unknown): Promise<TicketDetail & { id: string }>;
  rule(rule: Partial<RuleInput>): Promise<string>;
  /** What every ticket is promised from now on, in minutes on the wall. */
  promise(targets: PolicyInput["targets"]): Promise<void>;
  /** The business opens on Mondays from 9:00 to then, on Tuesdays from 9:00 to 18:00, in UTC. */
  openUntil(mondays: string): Promise<void>;
  /** Lets consumers and jobs do all that is due now. */
  settle(): Promise<void>;
  /** Lets minutes pass, each with what falls due in it. */
  pass(minutes: number): Promise<void>;
  /** `trigger outcome` of every run, the first first. */
  runs(): Promise<string[]>;
}

export async function openDesk(h: Harness, workspaceId?: string): Promise<Desk> {
  const person = await h.person(workspaceId === undefined ? {} : { workspaceId });
  const settle = async () => {
    for (let turns = 0; turns < 30; turns++) {
      const read = await drainConsumers(h.system, consumers);
      const done = await work(h, handlers);
      if (read === 0 && done.length === 0) return;
    }
    throw new Error("It never comes to rest");
  };
  const send: Desk["send"] = async (method, path, body) => {
    const { status, body: answer } = await h.request(method, path, { token: person.token, body });
    if (status >= 300) throw new Error(`${method} ${path} ${status} ${JSON.stringify(answer)}`);
    return answer;
  };
  return {
    person,
    settle,
    send,
    async promise(targets) {
      await send("POST", "/api/sla-policies", { name: "Oro", counts: "wall", default: true, targets });
    },
    async openUntil(mondays) {
      const hours = {
        monday: [{ from: "09:00", to: mondays }],
        tuesday: [{ from: "09:00", to: "18:00" }],
      };
      await send("PUT", "/api/business/config", { timezone: "UTC", hours });
    },
    async rule(rule) {
      const { id } = await createRule(person.ctx, {
        name: "Regla",
        when: { event: "ticket.opened" },
        actions: [{ type: "raise_priority" }],
        ...rule,
      });
      return id;
    },
    async pass(minutes) {
      for (let minute = 0; minute < minutes; minute++) {
        h.clock.advance(MINUTE);
        await settle();
      }
    },
    async runs() {
      const { data } = await listRuns(person.ctx, { limit: 100 });
      return data.map(({ trigger, outcome }) => `${trigger} ${outcome}`).reverse();
    },
  };
}
