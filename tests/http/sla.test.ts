import assert from "node:assert/strict";
import { satisfyClock, startClocks } from "../../lib/sla/mod.ts";
import { harness } from "../support/harness.ts";

const SHIFTS = { monday: [{ from: "09:00", to: "14:00" }, { from: "16:00", to: "20:00" }] };
const CALENDAR = { name: "Turno", timezone: "America/Monterrey", hours: SHIFTS };
const POLICY = { name: "Oro", targets: { first_response: { normal: 240 } }, default: true };
const pathsOf = ({ body }: { body: { errors: { path: string }[] } }) =>
  body.errors.map(({ path }) => path).sort();

Deno.test("calendars are made, read, changed, listed with the business's own hours, and removed", async () => {
  await using h = await harness();
  const { token } = await h.person();
  const made = await h.request("POST", "/api/calendars", { token, body: CALENDAR });
  assert.equal(made.status, 201);
  assert.deepEqual([made.body.hours, made.body.holidays, made.body.default], [SHIFTS, [], false]);
  const path = `/api/calendars/${made.body.id}`;
  const changed = await h.request("PATCH", path, {
    token,
    body: { holidays: ["2026-12-25", { date: "2026-09-16", name: "Independencia", yearly: true }] },
  });
  assert.deepEqual([changed.status, changed.body.holidays], [200, [
    { date: "2026-12-25" },
    { date: "2026-09-16", name: "Independencia", yearly: true },
  ]]);
  const { body } = await h.request("GET", "/api/calendars", { token });
  assert.deepEqual(body.data.map((row: { default: boolean }) => row.default), [true, false]);
  const own = `/api/calendars/${body.data[0].id}`;
  assert.equal((await h.request("PATCH", own, { token, body: { name: "x" } })).status, 409);
  assert.equal((await h.request("DELETE", own, { token })).status, 409);

  const policy = await h.request("POST", "/api/sla-policies", {
    token,
    body: { ...POLICY, calendar_id: made.body.id },
  });
  const used = await h.request("DELETE", path, { token });
  assert.deepEqual([used.status, used.body.policies], [409, [{ id: policy.body.id, name: "Oro" }]]);
  assert.equal((await h.request("DELETE", `/api/sla-policies/${policy.body.id}`, { token })).status, 204);
  assert.equal((await h.request("DELETE", path, { token })).status, 204);
  assert.equal((await h.request("GET", path, { token })).status, 404);
});

Deno.test("the business's own hours are named in its language", async () => {
  for (const [language, name] of [["es-MX", "Horario de la empresa"], ["en-GB", "Business hours"]]) {
    await using h = await harness();
    const { token } = await h.person();
    await h.request("PUT", "/api/business/config", { token, body: { languages: [language] } });
    const { body } = await h.request("GET", "/api/calendars", { token });
    assert.deepEqual(body.data.map((one: { name: string }) => one.name), [name]);
  }
});

Deno.test("a calendar says whether it is open, when it opens, and when business minutes have gone by", async () => {
  await using h = await harness();
  const { token } = await h.person();
  const { body: { id } } = await h.request("POST", "/api/calendars", { token, body: CALENDAR });
  const measure = async (from: string, minutes: number) =>
    (await h.request("POST", `/api/calendars/${id}/measure`, { token, body: { from, minutes } })).body;
  assert.deepEqual(await measure("2026-01-05T13:30:00-06:00", 60), {
    open: true,
    next_opening: "2026-01-05T19:30:00.000Z",
    at: "2026-01-05T22:30:00.000Z",
    minutes_between: null,
  });
  const between = async (from: string, to: string) => {
    const { status, body } = await h.request("POST", `/api/calendars/${id}/measure`, {
      token,
      body: { from, to },
    });
    return status === 200 ? body.minutes_between : body.errors[0].path;
  };
  assert.equal(await between("2026-01-05T13:30:00-06:00", "2026-01-05T16:30:59-06:00"), 60);
  assert.equal(await between("2026-01-05T16:30:00-06:00", "2026-01-05T13:30:00-06:00"), -60);
  assert.equal(await between("2026-01-05T16:30:00-06:00", "2037-01-05T13:30:00-06:00"), "to");
  assert.equal((await measure("2026-01-05T16:30:00-06:00", -60)).at, "2026-01-05T19:30:00.000Z");
});

Deno.test("a day that does not exist, an unknown zone, and hours that never open are refused with every path", async () => {
  await using h = await harness();
  const { token } = await h.person();
  const wrong = await h.request("POST", "/api/calendars", {
    token,
    body: {
      name: "",
      timezone: "Mars/Olympus",
      hours: { monday: [{ from: "25:00", to: "26:00" }] },
      holidays: [{ date: "2026-02-31" }],
    },
  });
  assert.equal(wrong.status, 422);
  assert.deepEqual(pathsOf(wrong), [
    "holidays.0.date",
    "hours.monday.0.from",
    "hours.monday.0.to",
    "name",
    "timezone",
  ]);
  const never = await h.request("POST", "/api/calendars", { token, body: { ...CALENDAR, hours: {} } });
  assert.deepEqual([never.status, pathsOf(never)], [422, ["hours"]]);
});

Deno.test("a policy of -1 minutes, of nothing, or by a calendar of nowhere is refused", async () => {
  await using h = await harness();
  const { token } = await h.person();
  const send = (body: unknown) => h.request("POST", "/api/sla-policies", { token, body });
  const minus = await send({ ...POLICY, targets: { first_response: { normal: -1 } } });
  assert.deepEqual([minus.status, pathsOf(minus)], [422, ["targets.first_response.normal"]]);
  assert.deepEqual(pathsOf(await send({ ...POLICY, targets: {} })), ["targets"]);
  assert.deepEqual(pathsOf(await send({ ...POLICY, warn: { percent: 100 } })), ["warn.percent"]);
  const nowhere = await send({ ...POLICY, calendar_id: "bcl_01kabcdefghjkmnpqrstvwxyz0" });
  assert.deepEqual([nowhere.status, pathsOf(nowhere)], [422, ["calendar_id"]]);
});

Deno.test("one policy is the default one: the last that was made so", async () => {
  await using h = await harness();
  const { token } = await h.person();
  const first = await h.request("POST", "/api/sla-policies", { token, body: POLICY });
  const second = await h.request("POST", "/api/sla-policies", { token, body: { ...POLICY, name: "Plata" } });
  const defaults = async () =>
    (await h.request("GET", "/api/sla-policies", { token })).body.data
      .filter((row: { default: boolean }) => row.default).map((row: { id: string }) => row.id);
  assert.deepEqual(await defaults(), [second.body.id]);
  const path = `/api/sla-policies/${first.body.id}`;
  const changed = await h.request("PATCH", path, { token, body: { default: true, warn: { minutes: 15 } } });
  assert.deepEqual([changed.status, changed.body.warn, changed.body.targets], [
    200,
    { minutes: 15 },
    POLICY.targets,
  ]);
  assert.deepEqual(await defaults(), [first.body.id]);
});

Deno.test("promises are listed by when they are due, page by page", async () => {
  await using h = await harness();
  const { token, workspaceId } = await h.person();
  await h.request("POST", "/api/sla-policies", {
    token,
    body: { ...POLICY, counts: "wall", targets: { resolution: { normal: 60, urgent: 10, low: 30 } } },
  });
  const inside = h.system.as({ workspaceId });
  for (const priority of ["normal", "urgent", "low"] as const) {
    await inside.transact((tx) => startClocks(tx, { ticketId: `tkt_${priority}`, priority, policyId: null }));
  }
  const seen: string[] = [];
  let cursor = "";
  do {
    const { body } = await h.request("GET", `/api/sla-clocks?limit=2${cursor}`, { token });
    seen.push(...body.data.map((row: Record<string, string>) => `${row["ticket_id"]} ${row["clock"]}`));
    cursor = body.next_cursor === null ? "" : `&cursor=${body.next_cursor}`;
  } while (cursor !== "");
  assert.deepEqual(seen, [
    "tkt_urgent resolution",
    "tkt_low resolution",
    "tkt_normal resolution",
  ]);
  const one = await h.request("GET", "/api/sla-clocks?ticket_id=tkt_low", { token });
  assert.equal(one.body.data[0].due_at, "2026-01-05T16:30:00.000Z");
  // Of a ticket all are wanted: one that is over as well.
  await inside.transact((tx) => satisfyClock(tx, { ticketId: "tkt_low", clock: "resolution" }));
  const states = async (query: string) => {
    const { body } = await h.request("GET", `/api/sla-clocks?ticket_id=tkt_low${query}`, { token });
    return body.data.map(({ state }: { state: string }) => state);
  };
  assert.deepEqual([await states(""), await states("&state=met"), await states("&state=running")], [
    ["met"],
    ["met"],
    [],
  ]);
});

Deno.test("If-Match keeps a change of a calendar, a policy or a rule from going over another's", async () => {
  await using h = await harness();
  const { token } = await h.person();
  const rule = { name: "Regla", when: { event: "ticket.opened" }, actions: [{ type: "raise_priority" }] };
  for (const [path, body] of [["calendars", CALENDAR], ["sla-policies", POLICY], ["rules", rule]] as const) {
    const made = await h.request("POST", `/api/${path}`, { token, body });
    assert.deepEqual([made.body.version, made.headers.get("etag")], [1, '"1"'], path);
    const one = `/api/${path}/${made.body.id}`;
    const send = (method: string, match: string, name?: string) =>
      h.request(method, one, {
        token,
        headers: { "if-match": match },
        ...(name === undefined ? {} : { body: { name } }),
      });
    const first = await send("PATCH", '"1"', "Uno");
    assert.deepEqual([first.status, first.headers.get("etag")], [200, `"${first.body.version}"`], path);
    const late = await send("PATCH", '"1"', "Dos");
    assert.deepEqual([late.status, late.body.code, late.body.version], [
      412,
      "precondition_failed",
      first.body.version,
    ], path);
    const read = await h.request("GET", one, { token });
    assert.deepEqual([read.body.name, read.headers.get("etag")], ["Uno", first.headers.get("etag")], path);
    assert.equal((await send("DELETE", '"1"')).status, 412, path);
    assert.equal((await send("PATCH", "*", "Tres")).status, 200, path);
    assert.equal((await h.request("DELETE", one, { token })).status, 204, path);
    assert.equal((await h.request("DELETE", one, { token })).status, 404, path);
  }
});

Deno.test("what another's change takes from a policy or a rule makes another version of it", async () => {
  await using h = await harness();
  const { token } = await h.person();
  const post = async (path: string, body: unknown) => (await h.request("POST", path, { token, body })).body;
  const gold = await post("/api/sla-policies", POLICY);
  await post("/api/sla-policies", { ...POLICY, name: "Plata" });
  const now = await h.request("GET", `/api/sla-policies/${gold.id}`, { token });
  assert.deepEqual([now.body.default, now.body.version > gold.version], [false, true]);
  const rule = { name: "Regla", when: { event: "ticket.opened" }, actions: [{ type: "raise_priority" }] };
  const ids = [(await post("/api/rules", rule)).id, (await post("/api/rules", rule)).id];
  const order = (rule_ids: string[]) => h.request("PUT", "/api/rules/order", { token, body: { rule_ids } });
  const same = await order(ids);
  assert.deepEqual(same.body.data.map(({ version }: { version: number }) => version), [1, 1]);
  const turned = await order([...ids].reverse());
  assert.deepEqual(turned.body.data.map(({ version }: { version: number }) => version), [2, 2]);
});
