import assert from "node:assert/strict";
import { createApiKey } from "../../lib/identity/mod.ts";
import { DAY } from "../../lib/kernel/clock.ts";
import { encodeCursor } from "../../lib/kernel/page.ts";
import { type Answer, type Call, type Harness, harness } from "../support/harness.ts";
import { createVisitor } from "../support/visitor.ts";
import { openForeign } from "./bad-input-foreign.ts";
import { fill, type Route, routesOf } from "./bad-input-routes.ts";

const NOBODY = "xxx_01kabcdefghjkmnpqrstvwxyz0";
/** Whoever is signed in may call these, whatever the scopes. */
const FOR_ALL_SIGNED_IN =
  /^\/api\/(auth|users|security\/(auth|password|sessions)|workspaces$|live|events|ws|invitations\/accept|health|advanced\/services)/;
const isChat = ({ path }: Route) => path.startsWith("/api/chat/");
const isStream = ({ path }: Route) => path === "/api/events/stream" || path === "/api/ws";

function call(
  h: Harness,
  route: Route,
  { id = NOBODY, ...given }: Call & { id?: string } = {},
): Promise<Answer> {
  return h.request(route.method, fill(route, () => id), given);
}

function form(): FormData {
  const fields = new FormData();
  fields.set("file", new File(["hola"], "hola.txt", { type: "text/plain" }));
  return fields;
}

const bodyOf = (route: Route) =>
  route.path.endsWith("/attachments") && route.method === "POST" ? form() : route.sample;

Deno.test("every guarded route refuses no, rubbish and foreign credentials with 401 before it reads the input", async () => {
  await using h = await harness({ env: { RATE_LIMIT_ADDRESS: "1000000" } });
  const guarded = (await routesOf(h)).filter((route) => route.guarded && !isStream(route));
  assert.ok(guarded.length > 50);
  const tokens = [
    "rubbish",
    "a.b.c",
    "ck_live_0000000000000000000000000000000000",
    "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.",
  ];
  for (const route of guarded) {
    const none = await call(h, route);
    // A few answer less to strangers in place of refusing them, and say so in their contract.
    assert.equal(none.status, 401, `${route.name} without credentials`);
    assert.equal(none.body.code, "unauthorized");
    assert.equal(none.headers.get("www-authenticate"), "Bearer");
    for (const token of tokens) {
      const { status, body } = await call(h, route, { token });
      assert.equal(status, 401, `${route.name} with ${token}: ${JSON.stringify(body)}`);
    }
    const basic = await call(h, route, { headers: { authorization: "Basic YTpi" } });
    assert.equal(basic.status, 401, `${route.name} with Basic`);
  }
});

Deno.test("every guarded route refuses an expired token and an expired key with 401", async () => {
  await using h = await harness({ env: { RATE_LIMIT_ADDRESS: "1000000" } });
  const person = await h.person();
  const visitor = await createVisitor(h, person.workspaceId);
  const key = await createApiKey(person.ctx, { name: "old", expiresAt: h.clock.now() + DAY });
  h.clock.advance(31 * DAY);
  for (const route of (await routesOf(h)).filter(({ guarded }) => guarded)) {
    for (const token of [person.token, visitor.token, key.secret]) {
      const { status, body } = await call(h, route, { token });
      assert.equal(status, 401, `${route.name}: ${JSON.stringify(body)}`);
    }
  }
});

Deno.test("every route that needs a scope refuses a caller without it with 403 before it reads the input", async () => {
  await using h = await harness({ env: { RATE_LIMIT_ADDRESS: "1000000", RATE_LIMIT_ACTOR: "1000000" } });
  const person = await h.person();
  const visitor = await createVisitor(h, person.workspaceId);
  const { secret } = await createApiKey(person.ctx, { name: "little", scopes: ["ai:use"] });
  let refused = 0;
  for (const route of (await routesOf(h)).filter(({ guarded }) => guarded)) {
    if (FOR_ALL_SIGNED_IN.test(route.path)) continue;
    const callers = isChat(route) ? [person.token, secret] : [visitor.token, secret];
    for (const token of callers) {
      const { status, body } = await call(h, route, { token });
      assert.equal(status, 403, `${route.name}: ${JSON.stringify(body)}`);
      refused++;
    }
  }
  assert.ok(refused > 80);
});

Deno.test("nothing under the name of JSON is no body wherever a route takes none or may go without", async () => {
  await using h = await harness({ env: { RATE_LIMIT_ADDRESS: "1000000", RATE_LIMIT_ACTOR: "1000000" } });
  const person = await h.person();
  const headers = { "content-type": "application/json" };
  const { secret: token } = await createApiKey(person.ctx, { name: "own" });
  const without = (await routesOf(h)).filter(({ method, bodyRequired }) => method !== "GET" && !bodyRequired);
  const optional = without.filter(({ bodySchema }) => bodySchema !== null);
  assert.ok(without.length > 50 && optional.length >= 3, `${without.length}, ${optional.length}`);
  for (const route of without) {
    const { status: bare } = await call(h, route, { token });
    // A file or JSON: without a type it can't say which was meant.
    const same = bare === 415 ? 422 : bare;
    for (const body of ["", " \n"]) {
      const { status, body: said } = await call(h, route, { token, headers, body });
      assert.ok(
        status === same || status < 300,
        `${route.name}: ${status}, not ${same}: ${JSON.stringify(said)}`,
      );
    }
  }
  for (const route of optional) {
    const broken = await call(h, route, { token, headers, body: "{" });
    assert.equal(broken.status, 400, `${route.name} takes what is no JSON`);
  }
});

Deno.test("another workspace's id is 404 on every route that names one, and changes nothing there", async () => {
  await using h = await harness({ env: { RATE_LIMIT_ADDRESS: "1000000" } });
  const foreign = await openForeign(h);
  const own = await h.person({ platformAdmin: true });
  const visitor = await createVisitor(h, own.workspaceId);
  const dump = async () => {
    const tables = [
      "knowledge_entries",
      "conversations",
      "messages",
      "contacts",
      "api_keys",
      "memberships",
      "sessions",
    ];
    const rows = await Promise.all(
      tables.map((table) => h.ports.database.client.execute(`select * from ${table} order by 1`)),
    );
    return JSON.stringify(rows.map((one) => one.rows.map((row) => ({ ...row, last_used_at: 0 }))));
  };
  const before = await dump();
  const named = (await routesOf(h)).filter((route) => route.guarded && route.parameters.length > 0);
  assert.ok(named.length > 20);
  for (const route of named) {
    const token = isChat(route) ? visitor.token : own.token;
    const id = foreign.idFor(route.path);
    const { status, body } = await call(h, route, { token, id, body: bodyOf(route) });
    assert.equal(status, 404, `${route.name}: ${JSON.stringify(body)}`);
    assert.equal(body.code, "not_found", route.name);
  }
  assert.equal(await dump(), before);
});

Deno.test("every list refuses limits out of bounds and cursors that it did not give with 422", async () => {
  await using h = await harness({ env: { RATE_LIMIT_ADDRESS: "1000000", RATE_LIMIT_ACTOR: "1000000" } });
  const foreign = await openForeign(h);
  const admin = await h.person({ workspaceId: foreign.owner.workspaceId, platformAdmin: true });
  const lists = (await routesOf(h)).filter(({ query }) => query.includes("cursor"));
  assert.ok(lists.length >= 8);
  const rubbish = [
    "x",
    "%00",
    "😀",
    "a".repeat(501),
    "null",
    btoa("null"),
    btoa("[]"),
    encodeCursor(["a", 1, "b", 2, "c"]),
  ];
  const wrong = [...rubbish, btoa('[{"a":1}]'), btoa("[null,null]"), btoa("{}"), "____"];
  for (const route of lists) {
    const token = isChat(route) ? foreign.visitor.token : admin.token;
    const path = fill(route, () => foreign.idFor(route.path));
    const get = (query: string) => h.request("GET", `${path}?${query}`, { token });
    assert.equal((await get("limit=200")).status, 200, route.name);
    for (const limit of ["0", "201", "-1", "x", "1.5", "1e9", "NaN", ""]) {
      const { status, body } = await get(`limit=${limit}`);
      assert.equal(status, 422, `${route.name} limit=${limit}`);
      assert.equal(body.errors[0].path, "limit", route.name);
    }
    for (const cursor of wrong) {
      const { status, body } = await get(`cursor=${encodeURIComponent(cursor)}`);
      assert.equal(status, 422, `${route.name} cursor=${cursor}: ${JSON.stringify(body)}`);
    }
  }
});
