import assert from "node:assert/strict";
import { withoutExample } from "../support/contract.ts";
import { harness } from "../support/harness.ts";

Deno.test("/health answers with exactly status, timestamp, version and environment", async () => {
  await using h = await harness();
  const { status, body, headers } = await h.request("GET", "/health");
  assert.equal(status, 200);
  assert.deepEqual(Object.keys(body).sort(), ["environment", "status", "timestamp", "version"]);
  assert.equal(body.status, "healthy");
  assert.equal(body.environment, "development");
  assert.equal(headers.get("x-content-type-options"), "nosniff");
  assert.match(headers.get("x-request-id") ?? "", /^req_/);
});

Deno.test("every mount reaches the same route, and a trailing slash does not matter", async () => {
  await using h = await harness();
  for (
    const path of ["/api/health", "/api/v1/health", "/api/v3/health", "/api/v3/health/", "/api/v3/api/health"]
  ) {
    assert.equal((await h.request("GET", path)).status, 200, path);
  }
  assert.equal((await h.request("GET", "/api/v2/health")).status, 404);
});

Deno.test("an unknown route is a problem document with the code route_not_found", async () => {
  await using h = await harness();
  for (const path of ["/nothing", "/api/nothing", "/api/v3/%E0%A4%A", "//", "/api/../etc/passwd"]) {
    const { status, body, headers } = await h.request("GET", path);
    assert.equal(status, 404, path);
    assert.equal(body.code, "route_not_found");
    assert.equal(headers.get("content-type"), "application/problem+json");
    assert.equal(body.request_id, headers.get("x-request-id"));
  }
});

Deno.test("a method that a path does not take is 405 with Allow, on every mount and for whoever asks", async () => {
  await using h = await harness();
  const { token } = await h.person();
  for (const mount of ["/api", "/api/v1", "/api/v3"]) {
    for (
      const [method, path, allow] of [
        ["DELETE", "/auth/me", "GET, HEAD"],
        ["GET", "/auth/login", "POST"],
        ["PUT", "/tickets", "GET, HEAD, POST"],
        ["POST", "/tickets/tkt_of_nobody/", "GET, HEAD, PUT"],
        ["PROPFIND", "/clients", "GET, HEAD, POST"],
      ] as const
    ) {
      for (const caller of [{}, { token }]) {
        const { status, headers, body } = await h.request(method, `${mount}${path}`, caller);
        assert.deepEqual([status, body.code], [405, "method_not_allowed"], `${method} ${mount}${path}`);
        assert.equal(headers.get("allow"), allow, `${method} ${path}`);
        assert.deepEqual(body.allow, allow.split(", "));
      }
    }
  }
  assert.equal((await h.request("DELETE", "/api/nothing")).body.code, "route_not_found");
  assert.equal((await h.request("DELETE", "/api/tickets/a/nothing")).status, 404);
});

Deno.test("OPTIONS of a path says what it takes, and of no path is 404", async () => {
  await using h = await harness();
  const { status, headers } = await h.request("OPTIONS", "/api/v1/tickets");
  assert.deepEqual([status, headers.get("allow")], [204, "GET, HEAD, POST, OPTIONS"]);
  assert.equal((await h.request("OPTIONS", "/api/nothing")).status, 404);
});

Deno.test("405 tells of the API's paths exactly what the public contract tells", async () => {
  await using h = await harness();
  const { paths } = (await h.request("GET", "/openapi.json")).body;
  const contracts = Object.entries<Record<string, unknown>>(paths).map(([path, item]) => ({
    pattern: new RegExp(`^${path.replace(/\{[^}]*\}/g, "[^/]+")}$`),
    methods: Object.keys(item).map((method) => method.toUpperCase()),
  }));
  for (const path of Object.keys(paths)) {
    const concrete = path.replace(/\{[^}]*\}/g, "x-1");
    const { status, headers } = await h.request("PROPFIND", concrete);
    assert.equal(status, 405, path);
    const told = contracts.flatMap(({ pattern, methods }) => pattern.test(concrete) ? methods : []);
    const allow = (headers.get("allow") ?? "").split(", ").filter((method) => method !== "HEAD");
    assert.deepEqual(allow.sort(), [...new Set(told)].sort(), path);
  }
});

Deno.test("a route with a scope refuses nobody with 401 before it looks at the input", async () => {
  await using h = await harness();
  const { status, body, headers } = await h.request("GET", "/api/health/metrics");
  assert.equal(status, 401);
  assert.equal(body.code, "unauthorized");
  assert.equal(headers.get("www-authenticate"), "Bearer");
});

Deno.test("a route with a scope refuses an actor without it with 403 that names the scope", async () => {
  await using h = await harness();
  const { token } = await h.person({ role: "owner" });
  const { status, body } = await h.request("GET", "/api/admin/health", { token });
  assert.equal(status, 403);
  assert.equal(body.required_scope, "platform:read");
});

Deno.test("a wrong token is 401, not nobody", async () => {
  await using h = await harness();
  assert.equal((await h.request("GET", "/api/health", { token: "rubbish" })).status, 401);
});

Deno.test("the address limit answers 429 with Retry-After and lets other addresses through", async () => {
  await using h = await harness({ env: { RATE_LIMIT_ADDRESS: "3" } });
  for (let i = 0; i < 3; i++) assert.equal((await h.request("GET", "/health")).status, 200);
  const refused = await h.request("GET", "/health");
  assert.equal(refused.status, 429);
  assert.ok(Number(refused.headers.get("retry-after")) >= 1);
  assert.equal((await h.request("GET", "/health", { address: "192.0.2.99" })).status, 200);
});

Deno.test("X-Forwarded-For counts only behind a trusted proxy", async () => {
  await using open = await harness({ env: { RATE_LIMIT_ADDRESS: "1" } });
  const via = (h: typeof open, client: string) =>
    h.request("GET", "/health", { address: "10.0.0.1", headers: { "x-forwarded-for": client } });
  await via(open, "198.51.100.1");
  assert.equal((await via(open, "198.51.100.2")).status, 429);
  await using behind = await harness({ env: { RATE_LIMIT_ADDRESS: "1", TRUSTED_PROXIES: "10.0.0.0/8" } });
  await via(behind, "198.51.100.1");
  assert.equal((await via(behind, "198.51.100.2")).status, 200);
  assert.equal((await via(behind, "evil, 198.51.100.2")).status, 429);
});

Deno.test("a request leaves one wide event without secrets", async () => {
  await using h = await harness();
  const { token, userId, workspaceId } = await h.person();
  await h.request("GET", "/api/health/system?token=abc", { token });
  const event = h.ports.log.requests.at(-1);
  assert.deepEqual({ ...event, ms: 0, request_id: "" }, {
    request_id: "",
    method: "GET",
    route: "/api/health/system",
    status: 200,
    ms: 0,
    actor: userId,
    workspace: workspaceId,
  });
  await h.request("GET", "/api/admin/health");
  assert.equal(h.ports.log.requests.at(-1)?.code, "unauthorized");
  assert.equal(h.ports.log.requests.at(-1)?.status, 401);
});

Deno.test("CORS answers the configured origins and no other", async () => {
  await using h = await harness({ env: { CORS_ORIGINS: "https://shop.example" } });
  const preflight = { "access-control-request-method": "POST" };
  const asked = await h.request("OPTIONS", "/api/health", {
    headers: { origin: "https://shop.example", ...preflight },
  });
  assert.equal(asked.status, 204);
  assert.equal(asked.headers.get("access-control-allow-origin"), "https://shop.example");
  const other = await h.request("GET", "/health", { headers: { origin: "https://evil.example" } });
  assert.equal(other.headers.get("access-control-allow-origin"), null);
});

Deno.test("/openapi.json is 3.1, lists each route once under /api and names an example for each field", async () => {
  await using h = await harness();
  const { body } = await h.request("GET", "/openapi.json");
  assert.match(body.openapi, /^3\.1/);
  const paths = Object.keys(body.paths);
  assert.ok(paths.includes("/api/health"));
  assert.deepEqual(paths.filter((path) => /^\/api\/v\d/.test(path)), []);
  const ids = Object.values<Record<string, { operationId?: string }>>(body.paths)
    .flatMap((methods) => Object.values(methods).map(({ operationId }) => operationId));
  assert.ok(ids.every((id) => typeof id === "string"), "every operation has an id");
  assert.equal(new Set(ids).size, ids.length, "operation ids are unique");
  assert.deepEqual(withoutExample(body), []);
  const { token } = await h.person();
  const tools = await h.request("GET", "/openapi/orchestrate.json", { token });
  assert.equal(tools.status, 200);
  assert.deepEqual(withoutExample(tools.body), []);
});
