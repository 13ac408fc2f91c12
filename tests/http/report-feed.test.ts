import assert from "node:assert/strict";
import fc from "fast-check";
import { drainConsumers } from "../../lib/consumers/mod.ts";
import { DATASETS } from "../../lib/reports/datasets.ts";
import { identify, receiveMessage } from "../../lib/conversations/mod.ts";
import { consumers } from "../../workers/consumers.ts";
import { handlers } from "../../workers/registry.ts";
import { type Harness, harness, type Person } from "../support/harness.ts";
import { openShop, type Shop, work } from "../unit/conversations/talk.ts";

const MINUTE = 60_000;

interface World {
  readonly h: Harness;
  readonly shop: Shop;
  readonly operators: string[];
  readonly clients: string[];
  readonly calendar: string;
  /** An id of what there is of a kind, by a number. */
  one(path: string, at: number): Promise<string | undefined>;
  call(method: string, path: string, body?: unknown): Promise<Record<string, unknown>>;
}

type Verb = (w: World, at: number) => Promise<unknown>;
const said = (at: number) => ({ identities: [{ kind: "phone" as const, value: `+52818000${at % 3}` }] });
const pick = <T>(of: readonly T[], at: number): T | undefined => of[at % of.length];
/** What a state refuses is a 409, and nothing then changed. */
const onTicket = (body: (w: World, at: number) => object, sub = ""): Verb => async (w, at) => {
  const id = await w.one("/api/tickets", at);
  if (id !== undefined) await w.call(sub === "" ? "PUT" : "POST", `/api/tickets/${id}${sub}`, body(w, at));
};

/** Whatever changes a row of a feed. A name of something else, such as an operator's, is no part of the row. */
const VERBS: Readonly<Record<string, Verb>> = {
  open: (w, at) =>
    w.call("POST", "/api/tickets", {
      subject: `T${at}`,
      priority: pick(["normal", "urgent"], at),
      client_id: pick(w.clients, at),
      ...(at % 2 ? { assignee_id: pick(w.operators, at) } : {}),
    }),
  state: onTicket((_, at) => ({
    state: pick(["open", "pending_customer", "pending_internal", "resolved", "closed"], at),
  })),
  priority: onTicket((_, at) => ({ priority: pick(["low", "normal", "high", "urgent"], at) })),
  assign: onTicket((w, at) => ({ assignee_id: at % 3 === 0 ? null : pick(w.operators, at) })),
  label: onTicket((_, at) => ({ labels: [`l${at % 4}`] })),
  comment: onTicket(
    (_, at) => ({ text: `c${at}`, visibility: at % 3 === 0 ? "private" : "public" }),
    "/comments",
  ),
  mergeTickets: async (w, at) => {
    const [id, into] = [await w.one("/api/tickets", at), await w.one("/api/tickets", at + 1)];
    if (id !== into) await w.call("POST", `/api/tickets/${id}/merge`, { into });
  },
  say: async (w, at) => {
    const channelAccountId = w.shop.web;
    const contact = said(at);
    await receiveMessage(w.shop.inside, { channelAccountId, contact, kind: "text", text: `Hola ${at}` });
  },
  close: (w, at) => onTalk(w, at, "close"),
  take: (w, at) => onTalk(w, at, "takeover"),
  release: (w, at) => onTalk(w, at, "release"),
  reply: (w, at) => onTalk(w, at, "reply", { text: `R${at}` }),
  ticketOfTalk: async (w, at) => {
    const conversation_id = await w.one("/api/conversations", at);
    if (conversation_id !== undefined) {
      await w.call("POST", "/api/tickets", { subject: "De", conversation_id });
    }
  },
  mergeContacts: async (w, at) => {
    const identities = [...said(at).identities, ...said(at + 1).identities];
    await w.shop.inside.transact((tx) => identify(tx, { identities }));
  },
  erase: async (w, at) => {
    const id = at % 4 === 0 ? await w.one("/api/contacts", at) : undefined;
    if (id !== undefined) await w.call("DELETE", `/api/contacts/${id}`);
  },
  ring: async (w, at) => {
    await w.call("POST", "/api/calls", {
      direction: "in",
      phone: `+52818000${at % 3}`,
      started_at: new Date(w.h.clock.now() - MINUTE).toISOString(),
      ...(at % 2 ? { operator_id: pick(w.operators, at) } : { client_id: pick(w.clients, at) }),
    });
  },
  noteCall: async (w, at) => {
    const id = await w.one("/api/calls", at);
    if (id !== undefined) await w.call("PUT", `/api/calls/${id}`, { outcome: `o${at}` });
  },
  visit: (w, at) =>
    w.call("POST", "/api/visits", {
      subject: `V${at}`,
      client_id: pick(w.clients, at),
      ...(at % 3 === 0 ? {} : { starts_at: later(w, at), anyway: true }),
    }),
  moveVisit: async (w, at) => {
    const id = await w.one("/api/visits", at);
    if (id !== undefined) {
      await w.call("POST", `/api/visits/${id}/reschedule`, { starts_at: later(w, at), anyway: true });
    }
  },
  stepVisit: async (w, at) => {
    const id = await w.one("/api/visits", at);
    const [step, body] = pick(
      [["confirm", undefined], ["check-in", {}], ["check-out", {}], ["cancel", { reason: "x" }]],
      at,
    ) ?? [];
    if (id !== undefined) await w.call("POST", `/api/visits/${id}/${step}`, body);
  },
  mergeClients: async (w, at) => {
    const [id, other] = [pick(w.clients, at), pick(w.clients, at + 1)];
    if (at % 3 === 0) await w.call("POST", `/api/clients/${id}/merge`, { duplicate_id: other });
  },
  handOver: async (w, at) => {
    const id = pick(w.operators, at);
    if (at % 3 === 0) await w.call("POST", `/api/operators/${id}/deactivate`, { unassign: true });
    else await w.call("PUT", `/api/operators/${id}`, { active: true });
  },
  hours: (w, at) =>
    w.call("PATCH", `/api/calendars/${w.calendar}`, {
      hours: { monday: [{ from: "08:00", to: at % 2 ? "12:00" : "20:00" }] },
    }),
  wait: (w, at) => Promise.resolve(w.h.clock.advance(at * MINUTE)),
};

const later = ({ h }: World, at: number) => new Date(h.clock.now() + (at + 1) * 20 * MINUTE).toISOString();

async function onTalk(w: World, at: number, verb: string, body?: unknown): Promise<void> {
  const id = await w.one("/api/conversations", at);
  if (id !== undefined) await w.call("POST", `/api/conversations/${id}/${verb}`, body);
}

async function openWorld(h: Harness): Promise<World> {
  const shop = await openShop(h);
  const call: World["call"] = async (method, path, body) => {
    const answer = await h.request(method, path, { token: shop.token, body });
    const refused = [404, 409, 422].includes(answer.status) && answer.body.code !== "route_not_found";
    assert.ok(answer.status < 300 || refused, `${method} ${path} ${answer.status}`);
    return answer.body;
  };
  const made = async (path: string, body: object) => String((await call("POST", path, body))["id"]);
  const calendar = await made("/api/calendars", {
    name: "Base",
    timezone: "America/Monterrey",
    hours: { monday: [{ from: "08:00", to: "20:00" }] },
    default: true,
  });
  await made("/api/sla-policies", {
    name: "Oro",
    counts: "business",
    calendar_id: calendar,
    default: true,
    targets: {
      first_response: { normal: 30, urgent: 10 },
      next_response: { normal: 20 },
      resolution: { normal: 90 },
    },
  });
  const names = ["Ana", "Luis", "Eva"];
  const operators: string[] = [];
  for (const name of names) operators.push(await made("/api/operators", { name, capacity: 3 }));
  for (const id of operators) {
    await call("PUT", `/api/operators/${id}/presence`, { presence: "online", for_minutes: 1440 });
  }
  const clients: string[] = [];
  for (const name of names) clients.push(await made("/api/clients", { name }));
  return {
    h,
    shop,
    operators,
    clients,
    calendar,
    call,
    async one(path, at) {
      const { data } = await h.request("GET", `${path}?limit=20`, { token: shop.token }).then(({ body }) =>
        body
      );
      return data.length === 0 ? undefined : data[at % data.length].id;
    },
  };
}

/** A tool that copies a dataset bit by bit. */
function follower(h: Harness, { token }: Person, dataset: string, columns: string) {
  const rows = new Map<string, Record<string, unknown>>();
  let since = "";
  return {
    rows,
    async read() {
      for (let more = true; more;) {
        const query = `dataset=${dataset}&columns=${columns}&page_size=3${
          since === "" ? "" : `&since=${since}`
        }`;
        const { status, body } = await h.request("GET", `/api/reports/analytics?${query}`, { token });
        assert.equal(status, 200, JSON.stringify(body));
        for (const row of body.data) rows.set(row._id, row);
        [since, more] = [body.next_cursor, body.has_more];
      }
    },
  };
}

Deno.test("who follows a feed by its cursor has in the end what a full read has, whatever happened in between", async () => {
  const steps = fc.array(fc.record({ verb: fc.constantFrom(...Object.keys(VERBS)), at: fc.nat(60) }), {
    minLength: 30,
    maxLength: 60,
  });
  await fc.assert(
    fc.asyncProperty(steps, async (all) => {
      await using h = await harness({ env: { RATE_LIMIT_ADDRESS: "1000000", RATE_LIMIT_ACTOR: "1000000" } });
      const w = await openWorld(h);
      const catalogue = (await h.request("GET", "/api/reports/catalogue", { token: w.shop.token })).body.data;
      const columnsOf = (name: string) =>
        catalogue.find(({ dataset }: { dataset: string }) => dataset === name).columns
          .map(({ name }: { name: string }) => name).join(",");
      const open = (name: string) => follower(h, w.shop, name, columnsOf(name));
      const followers = Object.keys(DATASETS).map((name) => ({ name, follows: open(name) }));
      const settle = async () => {
        do await drainConsumers(h.system, consumers); while ((await work(h, handlers)).length > 0);
      };
      for (const { verb, at } of all) {
        await VERBS[verb]?.(w, at);
        h.clock.advance(at * 1000);
        if (at % 3 === 0) await settle();
        if (at % 2 === 0) { for (const { follows } of followers) await follows.read(); }
      }
      h.clock.advance(60 * MINUTE);
      await settle();
      h.clock.advance(60_000);
      for (const { name, follows } of followers) {
        await follows.read();
        const whole = open(name);
        await whole.read();
        const sorted = (rows: Map<string, unknown>) => Object.fromEntries([...rows].sort());
        assert.deepEqual(sorted(follows.rows), sorted(whole.rows), name);
      }
    }),
    { numRuns: Number(Deno.env.get("FEED_RUNS") ?? 8) },
  );
});
