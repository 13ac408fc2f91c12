import assert from "node:assert/strict";
import { withoutSecretLinks } from "../../../lib/kernel/redact.ts";

async function* sources(folder: URL): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) yield* sources(new URL(`${name}/`, folder));
    else if (name.endsWith(".ts")) yield await Deno.readTextFile(new URL(name, folder));
  }
}

Deno.test("of every address of ours that holds a secret, the secret is left out, and all else stays", async () => {
  const secret = "c2Vj_cmV0-x.y%3D=";
  const made: string[] = [];
  for await (const source of sources(new URL("../../../lib/", import.meta.url))) {
    for (const [, path = ""] of source.matchAll(/publicAddress\([^`()]*`([^`]+)`/g)) {
      if (path.includes("${")) made.push(path.replace(/\$\{what\}/, "reset").replace(/\$\{.*$/, ""));
    }
  }
  assert.ok(made.length >= 6, String(made));
  for (const path of made) {
    for (const at of [path, path.replace("/api/", "/api/v1/")]) {
      const said = `Mire https://cauce.example.com${at}${secret}, por favor`;
      const kept = `Mire https://cauce.example.com${at}[redacted], por favor`;
      assert.deepEqual(withoutSecretLinks({ reply: said, all: [{ url: said }, null, 3, true] }), {
        reply: kept,
        all: [{ url: kept }, null, 3, true],
      });
    }
  }
  for (const text of ["", "https://cauce.example.com/api/reports/rep_1", "/api/surveys", "linked/abc"]) {
    assert.equal(withoutSecretLinks(text), text);
  }
});
