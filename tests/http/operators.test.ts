import assert from "node:assert/strict";
import { auditLog } from "../../db/schema/log.ts";
import { MINUTE } from "../../lib/kernel/clock.ts";
import { handoverTools } from "../../lib/handover/mod.ts";
import { operatorTools } from "../../lib/operators/mod.ts";
import { type Call, type Harness, harness, type Person } from "../support/harness.ts";

function caller(h: Harness, person: Person) {
  return (method: string, path: string, body?: unknown, more: Call = {}) =>
    h.request(method, path, { token: person.token, ...(body === undefined ? {} : { body }), ...more });
}

const paths = (body: { errors: { path: string }[] }) => body.errors.map(({ path }) => path).sort();

Deno.test("an operator's life over HTTP: added, found, changed, there and gone again, removed", async () => {
  await using h = await harness();
  const owner = await h.person();
  const call = caller(h, owner);
  const made = await call("POST", "/api/v1/operators", {
    name: "  Ana Ruiz ",
    email: "Ana@Aurora.example",
    skills: [{ name: "Cobros", level: 4 }, { name: "redes" }],
    languages: ["es", "en"],
    capacity: 3,
    timezone: "America/Monterrey",
    hours: { monday: [{ from: "09:00", to: "14:00" }, { from: "16:00", to: "19:00" }] },
    days_off: ["2026-12-25"],
  });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  assert.deepEqual([made.body.name, made.body.email, made.body.presence, made.body.on_shift], [
    "Ana Ruiz",
    "ana@aurora.example",
    "offline",
    true,
  ]);
  assert.deepEqual(made.body.skills, [{ name: "cobros", level: 4 }, { name: "redes", level: 3 }]);
  const path = `/api/operators/${made.body.id}`;
  const here = await call("PUT", `${path}/presence`, { presence: "online", for_minutes: 5 });
  assert.deepEqual([here.status, here.body.presence, here.body.last_seen_at], [
    200,
    "online",
    new Date(h.clock.now()).toISOString(),
  ]);
  await call("POST", "/api/operators", { name: "Luis Paz" });
  const found = async (query: string) =>
    (await call("GET", `/api/operators?${query}`)).body.data.map(({ name }: { name: string }) => name);
  assert.deepEqual(await found("presence=online"), ["Ana Ruiz"]);
  assert.deepEqual(await found("presence=offline"), ["Luis Paz"]);
  assert.deepEqual(await found("skill=COBROS"), ["Ana Ruiz"]);
  assert.deepEqual(await found("q=ru"), ["Ana Ruiz"]);
  assert.deepEqual(await found("q=%25"), []);
  h.clock.advance(5 * MINUTE);
  assert.deepEqual(await found("presence=online"), []);
  assert.equal((await call("GET", path)).body.presence_until, null);
  const changed = await call("PUT", path, { capacity: 7, hours: null });
  assert.deepEqual([changed.body.capacity, changed.body.hours, changed.body.name], [7, null, "Ana Ruiz"]);
  assert.equal((await call("DELETE", path)).status, 204);
  for (const method of ["GET", "PUT", "DELETE"]) {
    assert.equal((await call(method, path, method === "PUT" ? {} : undefined)).status, 404, method);
  }
  assert.deepEqual(await found("limit=10"), ["Luis Paz"]);
  const again = await call("POST", "/api/operators", { name: "Ana", email: "ana@aurora.example" });
  assert.equal(again.status, 201, "an address of one who is gone is free");
  const entries = await h.system.db.select().from(auditLog);
  assert.ok(
    ["create", "set_presence", "change", "remove"].every((verb) =>
      entries.some(({ action, subjectId }) => action === `operator.${verb}` && subjectId === made.body.id)
    ),
  );
});

Deno.test("whoever is linked to an operator says for themselves whether they are there; others only with the scope", async () => {
  await using h = await harness();
  const owner = await h.person();
  const ana = await h.person({ role: "operator", workspaceId: owner.workspaceId });
  const [asOwner, asAna] = [caller(h, owner), caller(h, ana)];
  assert.equal((await asAna("GET", "/api/operators/me")).status, 404);
  const { body: operator } = await asOwner("POST", "/api/operators", { name: "Ana", user_id: ana.userId });
  assert.equal((await asAna("GET", "/api/operators/me")).body.id, operator.id);
  const own = await asAna("PUT", "/api/operators/me/presence", { presence: "busy" });
  assert.deepEqual([own.status, own.body.presence], [200, "busy"]);
  const other = await asAna("PUT", `/api/operators/${operator.id}/presence`, { presence: "online" });
  assert.equal(other.status, 403);
  assert.equal((await asAna("POST", "/api/operators", { name: "X" })).status, 403);
  const twice = await asOwner("POST", "/api/operators", { name: "Eva", user_id: ana.userId });
  assert.equal(twice.status, 409);
  const stranger = await h.person();
  const foreign = await asOwner("POST", "/api/operators", { name: "Eva", user_id: stranger.userId });
  assert.deepEqual([foreign.status, paths(foreign.body)], [422, ["user_id"]]);
  const key = await asOwner("POST", "/api/security/api-keys", { name: "k" });
  const byKey = await h.request("PUT", "/api/operators/me/presence", {
    token: key.body.key,
    body: { presence: "online" },
  });
  assert.equal(byKey.status, 403);
});

Deno.test("bad operators are refused with every wrong field named, days and zones that don't exist among them", async () => {
  await using h = await harness();
  const call = caller(h, await h.person());
  const bad = await call("POST", "/api/operators", {
    name: " ",
    email: "no",
    phone: "call me",
    timezone: "America/Atlantis",
    capacity: -1,
    hours: { monday: [{ from: "25:00", to: "09:00" }], someday: [] },
    days_off: ["2026-02-31"],
    skills: [{ name: "a" }, { name: "A" }],
  });
  assert.equal(bad.status, 422);
  assert.deepEqual(paths(bad.body), [
    "capacity",
    "days_off.0.date",
    "email",
    "hours",
    "hours.monday.0.from",
    "name",
    "phone",
    "skills",
    "timezone",
  ]);
  const team = await call("POST", "/api/operators", { name: "Ana", team_ids: ["tea_none"] });
  assert.deepEqual([team.status, paths(team.body)], [422, ["team_ids.0"]]);
  const long = await call("PUT", "/api/operators/me/presence", { presence: "here", for_minutes: 0 });
  assert.deepEqual([long.status, paths(long.body)], [422, ["for_minutes", "presence"]]);
});

Deno.test("a team over HTTP: members from both sides, overflow that must exist, who would get work and why", async () => {
  await using h = await harness();
  const call = caller(h, await h.person());
  const { body: ana } = await call("POST", "/api/operators", { name: "Ana", skills: [{ name: "cobros" }] });
  const { body: luis } = await call("POST", "/api/operators", { name: "Luis" });
  for (const { id } of [ana, luis]) {
    await call("PUT", `/api/operators/${id}/presence`, { presence: "online" });
  }
  const { status, body: team } = await call("POST", "/api/teams", { name: "Mesa", operator_ids: [luis.id] });
  assert.deepEqual([status, team.when_busy], [201, "hold"]);
  await call("PUT", `/api/operators/${ana.id}`, { team_ids: [team.id] });
  assert.deepEqual((await call("GET", `/api/teams/${team.id}`)).body.operator_ids, [ana.id, luis.id].sort());
  const choice = await call("POST", `/api/teams/${team.id}/choose`, { skills: ["cobros"] });
  assert.deepEqual([choice.status, choice.body.operator_id, choice.body.decision], [200, ana.id, "assigned"]);
  assert.deepEqual(
    choice.body.explanation.map(({ name, outcome }: Record<string, string>) => [name, outcome]),
    [
      ["Ana", "chosen"],
      ["Luis", "skill_missing"],
    ],
  );
  assert.equal((await call("POST", "/api/teams", { name: "Mesa" })).status, 409);
  for (
    const [body, path] of [
      [{ when_busy: "overflow" }, "overflow_team_id"],
      [{ overflow_team_id: team.id }, "overflow_team_id"],
      [{ overflow_team_id: "tea_none" }, "overflow_team_id"],
      [{ operator_ids: ["opr_none"] }, "operator_ids.0"],
    ] as const
  ) {
    const refused = await call("PUT", `/api/teams/${team.id}`, body);
    assert.deepEqual([refused.status, paths(refused.body)], [422, [path]]);
  }
  const { body: other } = await call("POST", "/api/teams", {
    name: "Otra",
    when_busy: "overflow",
    overflow_team_id: team.id,
  });
  assert.equal((await call("DELETE", `/api/teams/${team.id}`)).status, 204);
  const left = (await call("GET", `/api/teams/${other.id}`)).body;
  assert.deepEqual([left.when_busy, left.overflow_team_id], ["hold", null]);
  assert.deepEqual((await call("GET", `/api/operators/${ana.id}`)).body.team_ids, []);
  assert.equal((await call("GET", "/api/teams")).body.data.length, 1);
});

Deno.test("the tools of operators do what the routes do and keep to the output that they declare", async () => {
  await using h = await harness();
  const { ctx } = await h.person();
  const use = async (name: string, input: unknown) => {
    const tool = [...operatorTools, ...handoverTools].find((one) => one.name === name);
    assert.ok(tool, name);
    const answer = await tool.call(ctx, input);
    assert.deepEqual(tool.output.parse(answer), answer);
    return JSON.parse(JSON.stringify(answer));
  };
  const { id } = await use("operators.create", { name: "Ana" });
  await use("operators.change", { id, capacity: 2 });
  await use("operators.presence", { id, presence: "online" });
  assert.equal((await use("operators.show", { id })).capacity, 2);
  assert.equal((await use("operators.list", {})).data.length, 1);
  assert.equal((await use("operators.choose", {})).operator_id, id);
  assert.deepEqual((await use("teams.list", {})).data, []);
});
