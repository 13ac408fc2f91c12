import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { sourcesOf, STAND_INS } from "../../tools/build-edge.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

Deno.test("what stands in for the openai package at the edge passes the whole suite of language models", async () => {
  const users: string[] = [];
  for (const path of await sourcesOf("edge.ts")) {
    if (/import\("openai"\)|import (?!type)[^;]* from "openai"/.test(await Deno.readTextFile(path))) {
      users.push(path);
    }
  }
  assert.deepEqual(users, [join(ROOT, "lib/adapters/llm/openai.ts")], "nobody else calls it at the edge");
  const folder = await Deno.makeTempDir({ prefix: "cauce-openai-" });
  try {
    const config = JSON.parse(await Deno.readTextFile(join(ROOT, "deno.json")));
    const imports = { ...config.imports, openai: join(ROOT, STAND_INS.openai) };
    const path = join(folder, "deno.json");
    await Deno.writeTextFile(path, JSON.stringify({ nodeModulesDir: "none", imports }));
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        "test",
        "-A",
        "--no-check",
        "--no-lock",
        "--config",
        path,
        join(ROOT, "tests/contract/llm.test.ts"),
      ],
      env: { NO_COLOR: "1" },
    }).output();
    const said = new TextDecoder().decode(stdout);
    assert.ok(success, `${said}\n${new TextDecoder().decode(stderr)}`);
    assert.match(said, /\d\d passed/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
