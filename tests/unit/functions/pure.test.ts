import assert from "node:assert/strict";
import { FUNCTIONS } from "../../../lib/functions/mod.ts";
import { TOOLS } from "../../../lib/tools/mod.ts";
import { PURE_FUNCTIONS } from "../../../lib/functions/pure.ts";

const run = { progress: () => {} };

for (const fn of PURE_FUNCTIONS) {
  Deno.test(`${fn.name} gives what its examples promise`, async () => {
    assert.ok(fn.examples.length > 0);
    for (const { args, result } of fn.examples) {
      const value = await fn.run(args, run);
      assert.deepEqual(value, result);
      assert.deepEqual(fn.result.parse(value), value);
    }
  });
}

Deno.test("every function has an example that fits its own arguments", () => {
  const tools = new Set(TOOLS.map(({ name }) => name));
  for (const fn of FUNCTIONS) {
    assert.ok(fn.examples.length > 0 || tools.has(fn.name), fn.name);
    for (const { args } of fn.examples) assert.ok(fn.args.safeParse(args).success, fn.name);
    assert.ok(fn.workerTypes.includes(fn.workerType), fn.name);
  }
});

Deno.test("json.get reads own members only", () => {
  const get = PURE_FUNCTIONS.find(({ name }) => name === "json.get");
  for (const path of [".constructor", ".__proto__", ".a.toString", "[0]"]) {
    assert.equal(get?.run([{ a: {} }, path], run), null, path);
  }
  assert.throws(() => get?.run([{}, ".a; drop"], run));
});

Deno.test("json.stringify may be left its indent", () => {
  const stringify = PURE_FUNCTIONS.find(({ name }) => name === "json.stringify");
  assert.equal(stringify?.run([[1]], run), "[1]");
});
