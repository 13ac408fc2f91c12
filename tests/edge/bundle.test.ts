import assert from "node:assert/strict";
import { AIM_GZIP_BYTES, breachesOf } from "../../tools/build-edge.ts";
import { cutTexts } from "../../tools/edge-cuts.ts";
import { edgeBundle } from "../support/edge.ts";

Deno.test("the edge bundle has no Deno, no disk, no FFI, no native module, and stays within its size", async () => {
  const bundle = await edgeBundle();
  const { gzipBytes, startGzipBytes } = bundle;
  // deno-lint-ignore no-console -- the figure is part of what the test is for
  console.log(
    `${Math.round(gzipBytes / 1000)} KB compressed, ${Math.round(startGzipBytes / 1000)} KB at the start`,
  );
  assert.deepEqual(await breachesOf(bundle), []);
  assert.ok(startGzipBytes < AIM_GZIP_BYTES, `${startGzipBytes}`);
  // Own code grows by and by; what goes beyond this at once is a package that came in whole.
  assert.ok(gzipBytes < AIM_GZIP_BYTES + 200_000, `${gzipBytes}`);
});

Deno.test("the bundle's checks see a disk, native code, and a source that speaks to Deno", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const bad = `import{readFileSync}from"node:fs";import("@libsql/linux-x64-gnu");`;
    await Deno.writeTextFile(`${folder}/edge.js`, bad);
    const found = await breachesOf({ folder, modules: ["edge.js"], gzipBytes: 2_000_000, startGzipBytes: 1 });
    assert.equal(found.length, 3, found.join("\n"));
    assert.match(found.join("\n"), /edge\.js imports node:fs\n.*native code\n.*compressed/);
    const main = await breachesOf(
      { folder, modules: [], gzipBytes: 1, startGzipBytes: 1 },
      { entry: "main.ts" },
    );
    assert.ok(main.some((breach) => /adapters\/http\/serve\.ts uses Deno/.test(breach)), main.join("\n"));
    assert.ok(main.some((breach) => /imports node:(http|net)$/.test(breach)), main.join("\n"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("the bundle is not made when a part that is to be cut out has changed its shape", () => {
  const locales = `// x/zod/4.6.7/v4/locales/index.js
__export(locales_exports, {
  en: () => en_default,
  es: () => es_default
});`;
  const words = (count: number) => Array.from({ length: count }, (_, n) => `word${n}`).join(",");
  const lists = (count: number) =>
    `// x/zxcvbn/4.4.2/lib/frequency_lists.js\nlists = { a: "${words(count)}".split(",") };`;
  const cut = cutTexts({ "edge.js": locales, "main.js": lists(6000) });
  assert.match(cut["edge.js"] ?? "", /\{\n {2}en: \(\) => en_default\n\}/);
  assert.match(cut["main.js"] ?? "", /word0,.*,word4999"\.split/);
  assert.throws(() => cutTexts({ "edge.js": locales }), /no place for/);
  assert.throws(() => cutTexts({ "edge.js": locales, "main.js": lists(10) }), /Nothing was taken out of/);
});
