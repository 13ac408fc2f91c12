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
