import assert from "node:assert/strict";
import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { type Gate, GatedPaths } from "../../routes/gated-paths.ts";
import type { AppEnv } from "../../routes/env.ts";

/** An app whose gate notes the names of the routes that it lets run. */
function gated() {
  const passed: string[] = [];
  const gate: Gate = (c, route) => {
    passed.push(route.name);
    const answer = route.run(c);
    return answer instanceof Promise ? answer.then((late) => late ?? c.res) : answer ?? c.res;
  };
  const app = new Hono<AppEnv>({ router: new GatedPaths(gate) });
  const ask = async (method: string, path: string) => {
    const response = await app.request(path, { method });
    return `${response.status} ${await response.text()}`;
  };
  return { app, passed, ask };
}

Deno.test("every request passes the gate once, which is told the pattern that answers", async () => {
  const { app, passed, ask } = gated();
  app.onError((thrown, c) => c.text(thrown.message, 405));
  app.get("/api/things", (c) => c.text("list"));
  app.post("/api/things", (c) => c.text("create"));
  app.get("/api/things/export", (c) => c.text("export"));
  app.get("/api/things/:id", (c) => c.text(`read ${c.req.param("id")}`));
  app.get("/api/things/:id/parts/:part", (c) => c.text(JSON.stringify(c.req.param())));
  app.get("/pages/*", (c) => c.text("page"));
  for (let round = 0; round < 3; round++) {
    passed.length = 0;
    assert.equal(await ask("GET", "/api/things"), "200 list");
    assert.equal(await ask("POST", "/api/things"), "200 create");
    assert.equal(await ask("GET", "/api/things/export"), "200 export");
    assert.equal(await ask("GET", "/api/things/7"), "200 read 7");
    assert.equal(await ask("GET", "/api/things/8"), "200 read 8");
    assert.equal(await ask("GET", "/api/things/7/parts/2"), '200 {"id":"7","part":"2"}');
    assert.equal(await ask("GET", "/pages/a/b"), "200 page");
    for (const method of ["DELETE", "BREW"]) {
      const refusal = `405 There is no ${method} /api/things; it takes GET, HEAD, POST`;
      assert.equal(await ask(method, "/api/things"), refusal);
    }
    assert.equal(await ask("DELETE", "/none"), "404 404 Not Found");
    assert.equal(await ask("GET", "/none"), "404 404 Not Found");
    assert.equal(await ask("HEAD", "/api/things"), "200 ");
    assert.deepEqual(passed, [
      "/api/things",
      "/api/things",
      "/api/things/export",
      "/api/things/{id}",
      "/api/things/{id}",
      "/api/things/{id}/parts/{part}",
      "none",
      "/api/things",
      "/api/things",
      "none",
      "none",
      "/api/things",
    ]);
  }
});

Deno.test("a route's guards run in order before its handler, and what they throw ends there", async () => {
  const { app, ask } = gated();
  const seen: string[] = [];
  app.on(
    "GET",
    "/api/things/:id",
    (c, next) => {
      seen.push(`first ${c.req.param("id")}`);
      return next();
    },
    async (c, next) => {
      seen.push("second");
      if (c.req.param("id") === "0") throw new HTTPException(403, { message: "no" });
      await next();
      seen.push(`after ${c.res.status}`);
    },
    (c) => {
      seen.push("handler");
      return c.text(`read ${c.req.param("id")}`, 201);
    },
  );
  assert.equal(await ask("GET", "/api/things/7"), "201 read 7");
  assert.deepEqual(seen.splice(0), ["first 7", "second", "handler", "after 201"]);
  assert.equal(await ask("GET", "/api/things/0"), "403 no");
  assert.deepEqual(seen, ["first 0", "second"]);
});

Deno.test("of two patterns that match, the one that was added first answers", async () => {
  const { app, passed, ask } = gated();
  app.get("/api/things/:id", (c) => c.text(`read ${c.req.param("id")}`));
  app.get("/api/things/export", (c) => c.text("export"));
  assert.equal(await ask("GET", "/api/things/export"), "200 read export");
  assert.deepEqual(passed, ["/api/things/{id}"]);
  app.get("/api/late", (c) => c.text("late"));
  assert.equal(await ask("GET", "/api/late"), "200 late");
});
