import assert from "node:assert/strict";
import { consumers } from "../../workers/consumers.ts";
import { drainConsumers } from "../../lib/consumers/mod.ts";
import { createContext } from "../../lib/context.ts";
import { receiveFromApi } from "../../lib/conversations/mod.ts";
import { logCall } from "../../lib/calls/mod.ts";
import { emit } from "../../lib/events/mod.ts";
import { createOperator } from "../../lib/operators/mod.ts";
import { createVisit } from "../../lib/visits/mod.ts";
import { commentTicket, openTicket, updateTicket } from "../../lib/tickets/mod.ts";
import { STREAM_LIMITS } from "../../lib/live/mod.ts";
import { DAY, HOUR, iso, MINUTE } from "../../lib/kernel/clock.ts";
import { tickets } from "../../db/schema/tickets.ts";
import { eq } from "drizzle-orm";
import { whenAtHand } from "../../lib/kernel/at-hand.ts";
import { type Harness, harness, type Person } from "../support/harness.ts";
import { readSse } from "../support/sse.ts";

async function ask(h: Harness, path: string, { token }: Person) {
  await drainConsumers(h.system, consumers);
  const { status, body } = await h.request("GET", `/api/v1/dashboards/${path}`, { token });
  assert.equal(status, 200, JSON.stringify(body));
  return body;
}

const valuesOf = (chart: { series: { name: string; values: number[] }[] }, name: string) =>
  chart.series.find((line) => line.name === name)?.values;

Deno.test("the figures of tickets equal a recount from the rows, day by day of the business's zone", async () => {
  await using h = await harness();
  const ana = await h.person();
  await h.request("PUT", "/api/business/config", { token: ana.token, body: { timezone: "Asia/Kathmandu" } });
  const start = Math.ceil(h.clock.now() / DAY) * DAY;
  h.clock.set(start);
  let chance = 7;
  const random = (below: number) => (chance = (chance * 48271) % 2147483647) % below;
  const expected = new Map<string, { opened: number; resolved: number; reopened: number }>();
  const dayOf = (at: number) => iso(at + 5 * HOUR + 45 * MINUTE).slice(0, 10);
  const count = (name: "opened" | "resolved" | "reopened") => {
    const day = dayOf(h.clock.now());
    const own = expected.get(day) ?? { opened: 0, resolved: 0, reopened: 0 };
    own[name]++;
    expected.set(day, own);
  };
  const live: string[] = [];
  for (let step = 0; step < 60; step++) {
    h.clock.advance(random(150) * MINUTE);
    const { id } = await openTicket(ana.ctx, { subject: `Ticket ${step}`, description: "Ayuda" });
    count("opened");
    live.push(id);
    const chosen = live[random(live.length)];
    if (chosen === undefined || random(3) > 0) continue;
    h.clock.advance(random(90) * MINUTE);
    await updateTicket(ana.ctx, { ticketId: chosen, state: "resolved" });
    count("resolved");
    live.splice(live.indexOf(chosen), 1);
    if (random(3) > 0) continue;
    await updateTicket(ana.ctx, { ticketId: chosen, state: "open" });
    count("reopened");
    live.push(chosen);
  }
  const [from, to] = [dayOf(start), dayOf(h.clock.now())];
  const chart = await ask(h, `charts/tickets?from=${from}&to=${to}&bucket=day`, ana);
  const wanted = (name: "opened" | "resolved" | "reopened") =>
    chart.labels.map((day: string) => expected.get(day)?.[name] ?? 0);
  assert.ok(chart.labels.length > 2);
  for (const name of ["opened", "resolved", "reopened"] as const) {
    assert.deepEqual(valuesOf(chart, name), wanted(name));
  }

  const rows = await h.ports.database.db.select().from(tickets).where(
    eq(tickets.workspaceId, ana.workspaceId),
  );
  const overview = await ask(h, `metrics?from=${from}&to=${to}`, ana);
  assert.equal(overview.totals.counts.tickets_opened, rows.length);
  assert.equal(overview.now.tickets.live, live.length);
  assert.equal(overview.now.tickets.live, rows.filter(({ state }) => state !== "resolved").length);
  assert.equal(overview.previous.counts.tickets_opened, 0);
  const again = await ask(h, `metrics?from=${from}&to=${to}`, ana);
  assert.deepEqual(again.totals, overview.totals);
});

Deno.test("the first public answer counts once, with its time; what comes later does not", async () => {
  await using h = await harness();
  const ana = await h.person();
  const { id: ticketId } = await openTicket(ana.ctx, { subject: "Fuga", description: "Gotea" });
  h.clock.advance(10 * MINUTE);
  await commentTicket(ana.ctx, { ticketId, text: "entre nosotros", visibility: "private" });
  h.clock.advance(20 * MINUTE);
  await commentTicket(ana.ctx, { ticketId, text: "Vamos en camino", visibility: "public" });
  h.clock.advance(20 * MINUTE);
  await commentTicket(ana.ctx, { ticketId, text: "Llegamos", visibility: "public" });
  const { totals } = await ask(h, "metrics?range=day", ana);
  assert.deepEqual([totals.counts.tickets_first_responses, totals.first_response_seconds], [1, 30 * 60]);
});

Deno.test("calls and satisfaction are averaged over what was answered", async () => {
  await using h = await harness();
  const ana = await h.person();
  const at = h.clock.now() - HOUR;
  for (const seconds of [60, 120]) {
    const times = { started_at: iso(at), answered_at: iso(at), ended_at: iso(at + seconds * 1000) };
    await logCall(ana.ctx, { direction: "in", phone: "+528112345678", ...times });
  }
  await logCall(ana.ctx, {
    direction: "in",
    phone: "+528112345678",
    started_at: iso(at),
    ended_at: iso(at + 20_000),
  });
  await ana.ctx.transact(async (tx) => {
    for (const score of [5, 4, 4]) {
      await emit(tx, { type: "ticket.rated", subjectId: "tkt_x", data: { score, operator_id: "opr_1" } });
    }
  });
  const { totals } = await ask(h, "metrics?range=day", ana);
  assert.deepEqual(
    [
      totals.counts.calls_in,
      totals.counts.calls_missed,
      totals.talk_seconds,
      totals.counts.csat_answers,
      totals.csat,
    ],
    [3, 1, 90, 3, 4.333],
  );
  const chart = await ask(h, "charts/calls?range=day&bucket=day", ana);
  assert.equal(valuesOf(chart, "talk_seconds")?.find((value) => value !== null), 90);
  const csat = await ask(h, "charts/csat?range=day&bucket=day", ana);
  assert.deepEqual([...new Set(csat.series.map(({ dimension }: { dimension: string }) => dimension))], [
    "opr_1",
  ]);
});

Deno.test("visits are charted by the day they are for, resolutions by the day they came", async () => {
  await using h = await harness();
  const ana = await h.person();
  const { id: operator_id } = await createOperator(ana.ctx, { name: "Luis" });
  const start = Math.ceil(h.clock.now() / DAY) * DAY + 2 * DAY;
  for (const hour of [9, 12]) {
    await createVisit(ana.ctx, {
      subject: "Horno",
      starts_at: iso(start + hour * HOUR),
      operator_id,
      anyway: true,
    });
  }
  const days = `from=${iso(start).slice(0, 10)}&to=${iso(start + DAY).slice(0, 10)}&bucket=day`;
  const chart = await ask(h, `charts/visits?${days}`, ana);
  assert.deepEqual(valuesOf(chart, "planned"), [2, 0]);
  const { id: ticketId } = await openTicket(ana.ctx, { subject: "Fuga", description: "" });
  h.clock.advance(HOUR);
  await updateTicket(ana.ctx, { ticketId, state: "resolved" });
  const resolution = await ask(h, "charts/resolution?range=day&bucket=day", ana);
  const { id: given } = await openTicket(ana.ctx, {
    subject: "Olor",
    description: "",
    assignee_id: operator_id,
  });
  await updateTicket(ana.ctx, { ticketId: given, state: "resolved" });
  const { series } = await ask(h, "charts/operators?range=day&bucket=day", ana);
  assert.deepEqual(
    series.filter(({ name }: { name: string }) => name === "resolved").map((
      { dimension, label }: Record<string, string>,
    ) => [dimension, label]),
    [["", null], [operator_id, "Luis"]],
  );
  assert.equal(valuesOf(resolution, "resolution_seconds")?.find((value) => value !== null), 3600);
});

Deno.test("a period that is none is refused, and another workspace's figures are its own", async () => {
  await using h = await harness();
  const [ana, eva] = [await h.person(), await h.person()];
  await receiveFromApi(ana.ctx, { contact: { external_id: "a" }, text: "Hola" });
  const chart = await ask(h, "charts/conversations?range=day", ana);
  assert.equal(valuesOf(chart, "opened")?.reduce((sum, value) => sum + value, 0), 1);
  const other = await ask(h, "charts/conversations?range=day", eva);
  assert.equal(valuesOf(other, "opened")?.reduce((sum, value) => sum + value, 0), 0);
  for (
    const query of ["from=2026-02-31", "from=2026-03-02&to=2026-03-01", "from=2020-01-01", "range=decade"]
  ) {
    const { status } = await h.request("GET", `/api/dashboards/metrics?${query}`, { token: ana.token });
    assert.equal(status, 422, query);
  }
});

Deno.test("the live figures come at once and again when something happened", async () => {
  await using h = await harness();
  const ana = await h.person();
  const response = await h.app.fetch(
    new Request("http://localhost/api/v1/dashboards/real-time", {
      headers: { authorization: `Bearer ${ana.token}` },
    }),
    { remoteAddress: "192.0.2.10" },
  );
  assert.equal(response.status, 200);
  const stream = readSse(response);
  const first = await stream.next();
  assert.deepEqual([first?.event, first?.data.tickets.live], ["metrics", 0]);
  const next = stream.next();
  await openTicket(ana.ctx, { subject: "Fuga", description: "Gotea" });
  assert.equal((await next)?.data.tickets.live, 1);
  await stream.close();
  const nobody = await h.request("GET", "/api/dashboards/real-time");
  assert.equal(nobody.status, 401);
});

Deno.test("live figures that can't be read end their stream, say so in the log, and give its place back", async () => {
  await using h = await harness();
  const ana = await h.person();
  const open = () =>
    h.app.fetch(
      new Request("http://localhost/api/dashboards/real-time", {
        headers: { authorization: `Bearer ${ana.token}` },
      }),
      { remoteAddress: "192.0.2.10" },
    );
  const rename = (from: string, to: string) =>
    h.ports.database.client.execute(`alter table ${from} rename to ${to}`);
  await rename("tickets", "tickets_away");
  for (let i = 0; i < STREAM_LIMITS.user; i++) await assert.rejects((await open()).text());
  assert.equal(
    h.ports.log.lines.filter(({ message }) => message === "A live stream broke").length,
    STREAM_LIMITS.user,
  );
  await rename("tickets_away", "tickets");
  const stream = readSse(await open());
  assert.equal((await stream.next())?.event, "metrics");
  await stream.close();
});

Deno.test("a first response counts also when time goes by while it is written", async () => {
  await using h = await harness();
  const ana = await h.person();
  let ticks = 0;
  const clock = { ...h.ports.clock, now: () => h.clock.now() + ticks++ };
  const ctx = createContext({
    ports: { ...h.ports, clock },
    config: h.config,
    actor: ana.ctx.actor,
    workspaceId: ana.workspaceId,
  });
  const { id } = await openTicket(ctx, { subject: "Fuga" });
  await commentTicket(ctx, { ticketId: id, text: "Vamos", visibility: "public" });
  h.clock.advance(MINUTE);
  assert.equal((await ask(h, "metrics", ana)).totals.counts.tickets_first_responses, 1);
});

Deno.test("a year by operators and the figures of a year are summed by the database, a row a month and not a quarter", async () => {
  await using h = await harness();
  const ana = await h.person();
  const { client } = h.ports.database;
  const [quarters, operators] = [6000, 10];
  await client.execute({
    sql: `insert into rollups (workspace_id, metric, bucket, dimension, value)
      with recursive n(i) as (select 1 union all select i + 1 from n where i < ?1),
        o(k) as (select 1 union all select k + 1 from o where k < ?2)
      select ?3, m.value, ?4 - i * ?5, 'opr_' || k, 2 from n, o,
        json_each('["tickets.resolved","tickets.resolution_ms"]') m`,
    args: [
      quarters,
      operators,
      ana.workspaceId,
      Math.floor(h.clock.now() / 900_000) * 900_000,
      5_400_000 - 900_000,
    ],
  });
  let read = 0;
  const [whole, executed] = [client.values.bind(client), client.execute.bind(client)];
  client.execute = async (...given: Parameters<typeof executed>) => {
    const result = await executed(...given);
    read += result.rows.length;
    return result;
  };
  client.values = (sql, args) =>
    whenAtHand(whole(sql, args), (found) => {
      read += found.length;
      return found;
    });
  const chart = await ask(h, "charts/operators?range=year", ana);
  assert.equal(chart.series.length, 3 * operators);
  const sums = chart.series.filter(({ name }: { name: string }) => name === "resolved")
    .map(({ values }: { values: number[] }) => values.reduce((all, one) => all + one, 0));
  assert.deepEqual(new Set(sums), new Set([2 * quarters]));
  const { totals } = await ask(h, "metrics?range=year", ana);
  assert.deepEqual([totals.counts.tickets_resolved, totals.resolution_seconds], [
    2 * quarters * operators,
    0.001,
  ]);
  assert.ok(read > 0 && read < 1000, `${read} rows`);
});
