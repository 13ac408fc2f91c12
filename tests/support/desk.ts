import { drainConsumers } from "../../lib/consumers/mod.ts";
import { ticketConsumer } from "../../lib/tickets/mod.ts";
import { ticketHandlers } from "../../workers/handlers/tickets.ts";
import { work } from "../unit/conversations/talk.ts";
import type { Answer, Harness, Person } from "./harness.ts";

type Body = Record<string, unknown>;

/** The desk of one workspace over HTTP. */
export interface Desk {
  readonly h: Harness;
  readonly person: Person;
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  open(body?: Body): Promise<Answer["body"]>;
  put(id: string, body: Body, headers?: Record<string, string>): Promise<Answer>;
  ticket(id: string): Promise<Answer["body"]>;
  /** An operator who is here, with room for `capacity` tickets. */
  operator(name: string, more?: Body): Promise<Answer["body"]>;
  /** Lets the consumer of the log and the jobs that are due do their work. */
  settle(): Promise<void>;
}

export function deskOf(h: Harness, person: Person): Desk {
  const call: Desk["call"] = (method, path, body, headers = {}) =>
    h.request(method, path, { token: person.token, headers, ...(body === undefined ? {} : { body }) });
  const made = async (path: string, body: Body) => {
    const { status, body: answer } = await call("POST", path, body);
    if (status >= 300) throw new Error(`${path} ${status} ${JSON.stringify(answer)}`);
    return answer;
  };
  return {
    h,
    person,
    call,
    open: (body = {}) => made("/api/tickets", { subject: "El aire no enfría", ...body }),
    put: (id, body, headers) => call("PUT", `/api/tickets/${id}`, body, headers),
    ticket: async (id) => (await call("GET", `/api/tickets/${id}`)).body,
    async operator(name, more = {}) {
      const operator = await made("/api/operators", { name, ...more });
      await call("PUT", `/api/operators/${operator.id}/presence`, { presence: "online", for_minutes: 1440 });
      return operator;
    },
    async settle() {
      await drainConsumers(h.system, [ticketConsumer]);
      await work(h, ticketHandlers);
    },
  };
}
