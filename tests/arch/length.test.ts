import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const FOLDERS = ["bench", "cli", "db", "device-bridge", "lib", "routes", "tests", "tools", "web", "workers"];
/** A file that is longer holds more than one idea, or tests more than one promise. */
const MOST = 300;

function* codeIn(folder: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(join(ROOT, folder))) {
    const path = join(folder, name);
    if (isDirectory) yield* codeIn(path);
    else if (/\.tsx?$/.test(name)) yield path;
  }
}

const isThere = (folder: string) => [...Deno.readDirSync(ROOT)].some(({ name }) => name === folder);

Deno.test("no file of code is longer than 300 lines, tests and benchmarks among them", () => {
  const files = FOLDERS.filter(isThere).flatMap((folder) => [...codeIn(folder)]);
  assert.ok(files.includes(join("tests", "arch", "length.test.ts")));
  assert.ok(files.includes(join("lib", "context.ts")));
  const long = files
    .map((path) => ({ path, lines: Deno.readTextFileSync(join(ROOT, path)).split("\n").length - 1 }))
    .filter(({ lines }) => lines > MOST);
  assert.deepEqual(long, []);
});
