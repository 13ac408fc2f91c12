import assert from "node:assert/strict";
import { eq } from "drizzle-orm";
import { calls } from "../../db/schema/calls.ts";
import { slaClocks } from "../../db/schema/sla.ts";
import { ticketHistory, tickets } from "../../db/schema/tickets.ts";
import { visits } from "../../db/schema/visits.ts";
import { drainConsumers } from "../../lib/consumers/mod.ts";
import { DAY, iso, MINUTE } from "../../lib/kernel/clock.ts";
import { consumers } from "../../workers/consumers.ts";
import { slaHandlers } from "../../workers/handlers/sla.ts";
import { type Harness, harness, type Person } from "../support/harness.ts";
import { work } from "../unit/conversations/talk.ts";

const ZONE = "America/St_Johns";
const dayOf = (at: number) => new Intl.DateTimeFormat("en-CA", { timeZone: ZONE }).format(at);

type Counts = Map<string, number>;
const DONE = ["resolved", "closed"];

/** Every figure of a day out of the rows alone. */
async function recount(h: Harness, { workspaceId }: Person): Promise<(line: string, day: string) => number> {
  const { db } = h.ports.database;
  const counts: Counts = new Map();
  const add = (line: string, at: number | null, value = 1) => {
    if (at === null) return;
    const key = `${line} ${dayOf(at)}`;
    counts.set(key, (counts.get(key) ?? 0) + value);
  };
  const rows = await db.select().from(tickets).where(eq(tickets.workspaceId, workspaceId));
  const created = new Map(rows.map((row) => [row.id, row.createdAt]));
  for (const row of rows) {
    add("tickets opened", row.createdAt);
    if (row.firstResponseAt === null) continue;
    add("first responses", row.firstResponseAt);
    add("first response ms", row.firstResponseAt, row.firstResponseAt - row.createdAt);
  }
  const history = await db.select().from(ticketHistory).where(eq(ticketHistory.workspaceId, workspaceId));
  for (const { ticketId, changes, at } of history) {
    const [from, to] = [String(changes["state"]?.from), String(changes["state"]?.to)];
    if (changes["state"] === undefined || from === "undefined" || from === "null") continue;
    if (to === "resolved") {
      add("tickets resolved", at);
      add("resolution ms", at, at - (created.get(ticketId) ?? 0));
    }
    if (DONE.includes(from) && !DONE.includes(to)) add("tickets reopened", at);
  }
  for (const row of await db.select().from(slaClocks).where(eq(slaClocks.workspaceId, workspaceId))) {
    add(`sla ${row.kind} warned`, row.warnedAt);
    add(`sla ${row.kind} breached`, row.breachedAt);
    if (row.state === "met") add(`sla ${row.kind} met`, row.endedAt);
  }
  for (const row of await db.select().from(calls).where(eq(calls.workspaceId, workspaceId))) {
    add(`calls ${row.direction}`, row.startedAt);
    if (row.state === "missed") add("calls missed", row.startedAt);
  }
  for (const row of await db.select().from(visits).where(eq(visits.workspaceId, workspaceId))) {
    add("visits planned", row.startsAt);
    if (["completed", "cancelled", "no_show"].includes(row.state)) add(`visits ${row.state}`, row.startsAt);
  }
  return (line, day) => counts.get(`${line} ${day}`) ?? 0;
}

interface Series {
  readonly name: string;
  readonly dimension: string | null;
  readonly values: (number | null)[];
}

Deno.test("every figure of a messy week equals a recount from the rows, over the change to summer time", async () => {
  await using h = await harness({ env: { ACCESS_TOKEN_TTL: "30d" } });
  h.clock.set(Date.UTC(2026, 2, 6, 1));
  const ana = await h.person();
  let chance = 11;
  const random = (below: number) => (chance = (chance * 48271) % 2147483647) % below;
  const one = <T>(list: readonly T[]): T => list[random(list.length)] as T;
  const send = async (method: string, path: string, body?: unknown) => {
    const answer = await h.request(method, path, { token: ana.token, body });
    assert.ok(answer.status < 500, `${method} ${path} ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  await send("PUT", "/api/business/config", { timezone: ZONE });
  await send("POST", "/api/sla-policies", {
    name: "Oro",
    counts: "wall",
    default: true,
    targets: {
      first_response: { low: 600, normal: 60, high: 30, urgent: 10 },
      next_response: { low: 600, normal: 60, high: 30, urgent: 10 },
      resolution: { low: 3000, normal: 480, high: 240, urgent: 120 },
    },
    warn: { percent: 80 },
  });
  const operators: string[] = [];
  for (const name of ["Luis", "Eva"]) operators.push((await send("POST", "/api/operators", { name })).id);
  const open: string[] = [];
  const booked: string[] = [];
  const logged: string[] = [];
  const DEEDS: readonly (() => Promise<unknown>)[] = [
    async () =>
      open.push((await send("POST", "/api/tickets", { subject: "Fuga", assignee_id: one(operators) })).id),
    async () => open.push((await send("POST", "/api/tickets", { subject: "Olor", priority: "urgent" })).id),
    () =>
      send("POST", `/api/tickets/${one(open)}/comments`, {
        text: "Voy",
        visibility: one(["public", "private"]),
      }),
    () => send("PUT", `/api/tickets/${one(open)}`, { state: "resolved" }),
    () => send("PUT", `/api/tickets/${one(open)}`, { state: one(["open", "pending_customer", "closed"]) }),
    () => send("PUT", `/api/tickets/${one(open)}`, { priority: one(["low", "normal", "high", "urgent"]) }),
    () => send("POST", `/api/tickets/${one(open)}/merge`, { into: one(open) }),
    async () =>
      logged.push(
        (await send("POST", "/api/calls", {
          direction: one(["in", "out"]),
          phone: "+528112345678",
          started_at: iso(h.clock.now() - random(600) * MINUTE),
          ...(random(2) === 0 ? { ended_at: iso(h.clock.now()) } : {}),
        })).id,
      ),
    () => send("PUT", `/api/calls/${one(logged)}`, { outcome: "Se resolvió" }),
    async () =>
      booked.push(
        (await send("POST", "/api/visits", {
          subject: "Horno",
          starts_at: iso(h.clock.now() + random(3000) * MINUTE),
          anyway: true,
        })).id ?? one(booked),
      ),
    () => send("POST", `/api/visits/${one(booked)}/cancel`, { reason: "No estará" }),
    () => send("POST", `/api/visits/${one(booked)}/no-show`),
    () =>
      send("POST", `/api/visits/${one(booked)}/reschedule`, {
        starts_at: iso(h.clock.now() + random(3000) * MINUTE),
        anyway: true,
      }),
    () => send("POST", `/api/visits/${one(booked)}/check-in`, {}),
    () => send("POST", `/api/visits/${one(booked)}/check-out`, {}),
  ];
  for (const first of [0, 1, 7, 9]) await DEEDS[first]?.();
  for (let step = 0; step < 350; step++) {
    h.clock.advance(random(40) * MINUTE);
    // Now and then nobody looks at the clocks for hours: what broke meanwhile broke when it did.
    if (random(4) === 0) await work(h, slaHandlers);
    await one(DEEDS)();
  }
  await work(h, slaHandlers);
  await drainConsumers(h.system, consumers);

  const [from, to] = [dayOf(Date.UTC(2026, 2, 6, 1)), dayOf(h.clock.now() + 3 * DAY)];
  const rows = await recount(h, ana);
  const chart = async (name: string): Promise<{ labels: string[]; series: Series[] }> =>
    await send("GET", `/api/v1/dashboards/charts/${name}?from=${from}&to=${to}&bucket=day`);
  const check = async (name: string, lines: Readonly<Record<string, string>>) => {
    const { labels, series } = await chart(name);
    assert.ok(labels.length > 6);
    let seen = 0;
    for (const [line, counted] of Object.entries(lines)) {
      const [metric, dimension = null] = line.split(" of ");
      const found = series.find((one) => one.name === metric && one.dimension === dimension);
      const wanted = labels.map((day) => rows(counted, day));
      assert.deepEqual(found?.values ?? labels.map(() => 0), wanted, `${name}: ${line}`);
      seen += wanted.reduce((sum, value) => sum + value, 0);
    }
    assert.ok(seen > 0, `${name} has nothing to compare`);
  };
  await check("tickets", {
    opened: "tickets opened",
    resolved: "tickets resolved",
    reopened: "tickets reopened",
  });
  await check("calls", { in: "calls in", out: "calls out", missed: "calls missed" });
  await check("visits", {
    planned: "visits planned",
    completed: "visits completed",
    cancelled: "visits cancelled",
    no_show: "visits no_show",
  });
  const clocks = ["first_response", "next_response", "resolution"];
  await check(
    "sla",
    Object.fromEntries(
      clocks.flatMap((clock) =>
        ["warned", "breached", "met"].map((line) => [`${line} of ${clock}`, `sla ${clock} ${line}`])
      ),
    ),
  );
  const { labels, series } = await chart("resolution");
  for (
    const [line, ms, count] of [
      ["resolution_seconds", "resolution ms", "tickets resolved"],
      ["first_response_seconds", "first response ms", "first responses"],
    ] as const
  ) {
    assert.deepEqual(
      series.find(({ name }) => name === line)?.values,
      labels.map((day) =>
        rows(count, day) === 0 ? null : Math.round(rows(ms, day) / rows(count, day)) / 1000
      ),
      line,
    );
  }
  const { totals } = await send("GET", `/api/v1/dashboards/metrics?from=${from}&to=${to}`);
  for (
    const [name, line] of Object.entries({
      tickets_opened: "tickets opened",
      tickets_resolved: "tickets resolved",
      tickets_first_responses: "first responses",
      visits_planned: "visits planned",
    })
  ) {
    assert.equal(totals.counts[name], labels.reduce((sum, day) => sum + rows(line, day), 0), name);
  }
});
