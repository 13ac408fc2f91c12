import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

Deno.test("a failing test that leaves code at work with its database is told as one, and takes no other with it", async () => {
  const { code, signal, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "test",
      "-A",
      "--no-check",
      fileURLToPath(new URL("../../support/left-program.ts", import.meta.url)),
    ],
    env: { NO_COLOR: "1" },
  }).output();
  const told = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  assert.equal(signal, null, told);
  assert.equal(code, 1, told);
  assert.match(told, /nobody awaits this/);
});

Deno.test("once its runtime ends a connection refuses every call, also those whose statements it has prepared", async () => {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--no-check",
      fileURLToPath(new URL("../../support/unloaded-program.ts", import.meta.url)),
    ],
  }).output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
  const { before, after } = JSON.parse(new TextDecoder().decode(stdout));
  assert.deepEqual([...new Set(Object.values(before))], ["done"]);
  assert.deepEqual([...new Set(Object.values(after))], ["shutting_down"]);
  assert.equal(Object.keys(after).length, 12);
});
