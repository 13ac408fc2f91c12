import assert from "node:assert/strict";
import { TrieRouter } from "hono/router/trie-router";
import { FixedPaths } from "../../routes/fixed-paths.ts";

const ROUTES = [
  ["ALL", "*", "gate"],
  ["GET", "/api/things", "list"],
  ["POST", "/api/things", "create"],
  ["GET", "/api/things/export", "export"],
  ["GET", "/api/things/:id", "read"],
  ["GET", "/api/things/:id/parts", "parts"],
  ["GET", "/pages/*", "page"],
] as const;

const CALLS = [
  ["GET", "/api/things"],
  ["POST", "/api/things"],
  ["DELETE", "/api/things"],
  ["BREW", "/api/things"],
  ["GET", "/api/things/export"],
  ["GET", "/api/things/7"],
  ["GET", "/api/things/7/parts"],
  ["GET", "/pages/a/b"],
  ["GET", "/none"],
  ["GET", "/"],
] as const;

Deno.test("a router that keeps its answers for fixed paths answers as one that searches each time", () => {
  const kept = new FixedPaths<string>();
  const plain = new TrieRouter<string>();
  for (const [method, path, handler] of ROUTES) {
    kept.add(method, path, handler);
    plain.add(method, path, handler);
  }
  for (let round = 0; round < 3; round++) {
    for (const [method, path] of CALLS) {
      assert.deepEqual(kept.match(method, path), plain.match(method, path), `${method} ${path}`);
    }
  }
  assert.equal(kept.match("GET", "/api/things"), kept.match("GET", "/api/things"));
  kept.add("GET", "/api/things", "late");
  plain.add("GET", "/api/things", "late");
  assert.deepEqual(kept.match("GET", "/api/things"), plain.match("GET", "/api/things"));
});
