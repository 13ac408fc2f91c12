import assert from "node:assert/strict";
import { ERRORS } from "../../lib/kernel/errors.ts";
import { pageOptions } from "../support/browser.ts";
import { harness } from "../support/harness.ts";

Deno.test("the API page answers at every address that is promised for it", async () => {
  await using h = await harness({ app: pageOptions() });
  const pages = await Promise.all(
    ["/docs", "/docs/", "/api/docs", "/api/v1/docs", "/api/v3/docs"].map((path) => h.request("GET", path)),
  );
  for (const page of pages) {
    assert.equal(page.status, 200);
    assert.equal(page.headers.get("content-type"), "text/html; charset=utf-8");
    assert.equal(page.body, pages[0]?.body);
  }
  assert.equal((await h.request("GET", "/redoc")).status, 200);
});

Deno.test("pages allow content of this origin only, and only the web chat may stand in a frame", async () => {
  await using h = await harness({ app: pageOptions() });
  for (const path of ["/", "/chat", "/chat/some-key", "/inbox", "/docs", "/redoc", "/docs/errors"]) {
    const { status, headers, body } = await h.request("GET", path);
    const policy = headers.get("content-security-policy") ?? "";
    assert.equal(status, 200, path);
    assert.match(policy, /^default-src 'self';/, path);
    assert.doesNotMatch(policy, /unsafe|https?:/, path);
    assert.equal(policy.includes("frame-ancestors 'none'"), !path.startsWith("/chat"), path);
    assert.equal(headers.get("x-content-type-options"), "nosniff", path);
    assert.doesNotMatch(
      body,
      /<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=/,
      `${path} has nothing inline`,
    );
    assert.doesNotMatch(body, /(src|href)="(https?:)?\/\//, `${path} loads nothing from elsewhere`);
  }
});

Deno.test("the viewers come out of their packages and name no other server to load from", async () => {
  await using h = await harness({ app: pageOptions() });
  for (const name of ["swagger-ui.css", "swagger-ui-bundle.js", "redoc.standalone.js"]) {
    const { status, body } = await h.request("GET", `/assets/vendor/${name}`);
    assert.equal(status, 200, name);
    assert.ok(body.length > 100_000, name);
    assert.doesNotMatch(body, /cdn\.redoc\.ly/, name);
  }
});

Deno.test("a static file is sent compressed to who takes that, and not again while it is the same", async () => {
  await using h = await harness({ app: pageOptions() });
  const path = "/assets/shared/base.css";
  const plain = await h.request("GET", path);
  assert.equal(plain.headers.get("content-encoding"), null);
  const packed = await h.app.fetch(
    new Request(`http://localhost${path}`, { headers: { "accept-encoding": "br, gzip" } }),
    {},
  );
  assert.equal(packed.headers.get("content-encoding"), "gzip");
  const stream = packed.body?.pipeThrough(new DecompressionStream("gzip"));
  assert.equal(await new Response(stream).text(), plain.body);
  const refused = await h.request("GET", path, { headers: { "accept-encoding": "gzip;q=0" } });
  assert.equal(refused.headers.get("content-encoding"), null);
  const again = await h.request("GET", path, {
    headers: { "if-none-match": plain.headers.get("etag") ?? "" },
  });
  assert.deepEqual([again.status, again.body], [304, ""]);
});

Deno.test("no path leads out of the folder of the pages", async () => {
  await using h = await harness({ app: pageOptions() });
  const paths = [
    "../deno.json",
    "..%2fdeno.json",
    "chat/../../deno.json",
    "chat",
    ".env",
    "chat/%2e%2e/%2e%2e/deno.json",
    "%00",
  ];
  for (const path of paths) {
    const { status, body } = await h.request("GET", `/assets/${path}`);
    assert.equal(status, 404, path);
    assert.equal(body.code, "route_not_found", path);
  }
});

Deno.test("no component of the reference is null: what may be absent says so where it is referred to", async () => {
  await using h = await harness({ app: pageOptions() });
  const { schemas } = (await h.request("GET", "/openapi.json")).body.components;
  for (const [name, { type }] of Object.entries<{ type?: unknown }>(schemas)) {
    assert.ok(!Array.isArray(type) || !type.includes("null"), name);
  }
  assert.deepEqual(schemas.ChatSession.properties.conversation.anyOf, [
    { $ref: "#/components/schemas/ChatConversation" },
    { type: "null" },
  ]);
});

Deno.test("the page of errors has an anchor for every code of the catalogue", async () => {
  await using h = await harness({ app: pageOptions() });
  const { body } = await h.request("GET", "/docs/errors");
  for (const code of Object.keys(ERRORS)) assert.ok(body.includes(`id="${code}"`), code);
});
