import assert from "node:assert/strict";
import { auditLog, events } from "../../db/schema/log.ts";
import { jobs } from "../../db/schema/jobs.ts";
import { connectedCalendarTools } from "../../lib/connected-calendars/mod.ts";
import type { JobCtx } from "../../lib/jobs/mod.ts";
import { DAY, HOUR, MINUTE } from "../../lib/kernel/clock.ts";
import { connectedCalendarHandlers } from "../../workers/handlers/connected-calendars.ts";
import { vevent } from "../support/fakes/calendar.ts";
import { at, paths } from "./visits-world.ts";
import { freeHours, look, meeting, openCalendars, utc } from "./calendars-world.ts";

Deno.test("visits keep clear of what a connected calendar says is taken, until it is disconnected", async () => {
  await using world = await openCalendars();
  const { w, server, all } = world;
  server.serve({ components: meeting(12, 14) + meeting(15, 16, "TRANSP:TRANSPARENT") });
  const address = server.address("ana-5f2c");
  const made = await w.call("POST", all, { name: "Propio", url: address.replace("https:", "webcal:") });
  assert.deepEqual([made.status, made.body.state, made.body.host], [201, "waiting", new URL(address).host]);
  await look(w);
  const path = `${all}/${made.body.id}`;
  const read = await w.call("GET", path);
  assert.deepEqual([read.body.state, read.body.events, read.body.error], ["ok", 2, null]);
  assert.deepEqual(await freeHours(w), [10, 10.5, 11, 14, 14.5, 15, 15.5, 16, 16.5, 17]);

  const visit = (starts_at: string, more = {}) =>
    w.call("POST", "/api/visits", { subject: "Horno", starts_at, operator_id: w.ana, ...more });
  const refused = await visit(at(11, 30));
  assert.deepEqual([refused.status, refused.body.reason, refused.body.visit_id], [409, "elsewhere", null]);
  assert.equal((await visit(refused.body.free_slots[0].starts_at)).status, 201);
  assert.equal((await visit(at(13), { anyway: true })).status, 201, "who insists may");

  assert.equal((await w.call("DELETE", path)).status, 204);
  assert.equal((await visit(at(15, 30))).status, 201);
  assert.deepEqual((await w.call("GET", all)).body.data, []);
  assert.equal((await w.h.ports.database.client.execute("select * from busy_times")).rows.length, 0);
  assert.equal((await w.call("DELETE", path)).status, 404);
});

Deno.test("the address is a secret: sealed in its row, in no answer, event, audit entry, job or log line", async () => {
  await using world = await openCalendars();
  const { w, server, all } = world;
  server.next({ do: "answer", status: 503 });
  await w.call("POST", all, { name: "Propio", url: server.address("token-of-ana") });
  await look(w);
  const answers = JSON.stringify([
    (await w.call("GET", all)).body,
    await w.h.system.db.select().from(events),
    await w.h.system.db.select().from(auditLog),
    await w.h.system.db.select().from(jobs),
    (await w.h.ports.database.client.execute("select * from connected_calendars")).rows,
    w.h.ports.log.lines,
  ]);
  assert.ok(!answers.includes("token-of-ana"));
});

Deno.test("a calendar is asked only for what changed, and worked out anew twice a day", async () => {
  await using world = await openCalendars();
  const { w, server, all } = world;
  server.serve({ components: meeting(12, 14) });
  const { body: { id } } = await w.call("POST", all, { name: "Propio", url: server.address("a") });
  const sent = () => server.requests.map(({ headers }) => headers.get("if-none-match"));
  await look(w);
  await look(w);
  assert.deepEqual(sent(), [null, '"v1"']);
  const same = await w.call("GET", `${all}/${id}`);
  assert.deepEqual([same.body.state, same.body.events], ["ok", 1]);
  assert.ok(!(await freeHours(w)).includes(12), "304 leaves what was known");
  server.serve({ components: meeting(16, 17) });
  const asked = await w.call("POST", `${all}/${id}/refresh`);
  assert.equal(asked.status, 202);
  await look(w);
  assert.deepEqual([(await freeHours(w)).includes(12), (await freeHours(w)).includes(16)], [true, false]);
  w.h.clock.advance(13 * HOUR);
  await look(w);
  assert.equal(sent().at(-1), null, "what comes again and again is worked out further");
});

Deno.test("our own feed connected to itself blocks nothing twice, also when it comes back by another calendar", async () => {
  await using world = await openCalendars();
  const { w, server, all } = world;
  const { body: visit } = await w.call("POST", "/api/visits", {
    subject: "Horno",
    starts_at: at(12),
    operator_id: w.ana,
    site_id: w.site,
  });
  const { body: { url } } = await w.call("POST", `/api/operators/${w.ana}/calendar`);
  const feed = await w.h.request("GET", new URL(url).pathname);
  server.serve({ raw: feed.body });
  await w.call("POST", all, { name: "El de aquí", url: server.address("feed") });
  await look(w);
  const moved = await w.call("POST", `/api/visits/${visit.id}/reschedule`, { starts_at: at(12, 30) });
  assert.equal(moved.status, 200, JSON.stringify(moved.body));
  const beside = await w.call("POST", "/api/visits", {
    subject: "Otra",
    starts_at: at(11, 30),
    operator_id: w.ana,
    site_id: w.site,
  });
  assert.equal(beside.status, 201, "where the visit was before is free");
  server.serve({
    components: vevent("UID:vis_00000000000000000000000000@cauce", `DTSTART:${utc(at(16))}`, "DURATION:PT1H"),
  });
  await look(w);
  assert.ok(!(await freeHours(w)).includes(16), "a visit of elsewhere is something else");
});

Deno.test("calendars are looked at when their time comes, those of a removed operator are forgotten", async () => {
  await using world = await openCalendars();
  const { w, server, all } = world;
  server.serve({ components: meeting(12, 14) });
  const { body: { id } } = await w.call("POST", all, { name: "Propio", url: server.address("a") });
  await look(w);
  const [, sweep] = connectedCalendarHandlers;
  const swept = async () => {
    await w.h.system.db.delete(jobs);
    await sweep?.run(w.h.system as JobCtx, {});
    return (await w.h.system.db.select().from(jobs)).map(({ name, workspaceId }) => [name, workspaceId]);
  };
  assert.deepEqual(await swept(), []);
  w.h.clock.advance(15 * MINUTE);
  assert.deepEqual(await swept(), [["connected_calendars.look", w.owner.workspaceId]]);
  await look(w);
  assert.equal((await w.call("GET", `${all}/${id}`)).body.state, "ok");
  await w.call("DELETE", `/api/operators/${w.ana}`);
  w.h.clock.advance(DAY);
  await swept();
  await look(w);
  const { rows } = await w.h.ports.database.client.execute("select * from connected_calendars");
  assert.equal(rows.length, 0);
});

Deno.test("addresses that may not be called are refused; each their own, others' with the right to change operators", async () => {
  await using world = await openCalendars();
  const { w, server, all } = world;
  for (
    const url of [
      "http://shop.example/a.ics",
      "https://10.0.0.1/a.ics",
      "https://inside.example/a.ics",
      "https://user:secret@shop.example/a.ics",
      "file:///etc/passwd",
      "nonsense",
    ]
  ) {
    const refused = await w.call("POST", all, { name: "x", url });
    assert.deepEqual([refused.status, paths(refused.body)], [422, ["url"]], url);
  }
  const many = Array.from(
    { length: 6 },
    (_, one) => w.call("POST", all, { name: `${one}`, url: server.address("a") }),
  );
  const made = (await Promise.all(many)).map(({ status }) => status).sort();
  assert.deepEqual(made, [201, 201, 201, 201, 201, 409]);

  const other = await w.h.person({ role: "operator", workspaceId: w.owner.workspaceId });
  const asOther = (method: string, path: string, body?: unknown) =>
    w.h.request(method, path, { token: other.token, ...(body === undefined ? {} : { body }) });
  assert.equal((await asOther("GET", all)).status, 403);
  const { body: own } = await w.call("POST", "/api/operators", { name: "Luis", user_id: other.userId });
  const mine = `/api/operators/${own.id}/connected-calendars`;
  const connected = await asOther("POST", mine, { name: "Mío", url: server.address("b") });
  assert.equal(connected.status, 201);
  assert.equal((await w.call("GET", `${all}/${connected.body.id}`)).status, 404, "another operator's");
  const stranger = await w.h.person();
  for (const path of [mine, `${mine}/${connected.body.id}`]) {
    assert.equal((await w.h.request("GET", path, { token: stranger.token })).status, 404);
  }
  const given = {
    operator_id: own.id,
    calendar_id: connected.body.id,
    name: "Otro",
    url: server.address("c"),
  };
  for (const tool of connectedCalendarTools) {
    const answer = await tool.call(w.owner.ctx, given);
    assert.deepEqual(tool.output.parse(answer), answer, tool.name);
  }
  const left = (await asOther("GET", mine)).body.data;
  assert.deepEqual(left.map(({ name }: { name: string }) => name), ["Otro"]);
});
