import assert from "node:assert/strict";
import { AIM_GZIP_BYTES, breachesOf } from "../../tools/build-edge.ts";
import { cutTexts } from "../../tools/edge-cuts.ts";
import { packEntities, unpackEntities } from "../../tools/edge-entities.ts";
import { inlineNamespaces } from "../../tools/edge-namespaces.ts";
import { packWords, unpackWords } from "../../tools/edge-words.ts";
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
  assert.ok(gzipBytes < AIM_GZIP_BYTES + 100_000, `${gzipBytes}`);
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
  const modules: Record<string, string> = {
    "x/@hono/zod-openapi/1.6.3/dist/index.mjs": "extendZodWithOpenApi(external_exports);\n",
    "x/zod/4.6.7/v4/classic/from-json-schema.js": "var z = {\n  ...schemas,\n  iso: iso_exports\n};\n",
    "x/drizzle-orm/0.45.4/pg-core/columns/enum.js":
      "var PgEnum = class extends PgColumn {\n  static [kind] = 1;\n};\n",
    "x/zxcvbn/4.4.2/lib/frequency_lists.js": 'lists = {\n  a: "one,two".split(",")\n};\n'.replaceAll(
      "\n",
      "\n ",
    ),
    "x/postal-mime/2.5.0/src/html-entities.js": 'var htmlEntities = {\n  "&amp": "&",\n  "&amp;": "&"\n};\n',
    "lib/config-schema.ts":
      'var settings = {\n  PORT: count(1).describe(\n    "The (TCP) \\"port\\"" + "."\n  )\n};\n',
    "db/schema/jobs.ts":
      'var jobs = table("jobs", {\n  id: id()\n}, (t) => [\n  index("jobs_id").on(t.id)\n]);\n',
  };
  const textOf = (some: Record<string, string>) =>
    Object.entries(some).map(([path, text]) => `// ${path}\n${text}`).join("\n");
  const cut = cutTexts({ "edge.js": textOf(modules) })["edge.js"] ?? "";
  assert.match(cut, /extendZodWithOpenApi\(\{ ZodType: external_exports\.ZodType \}\);/);
  assert.match(cut, /var z = \/\* @__PURE__ \*\/ \(\(\) => \(\{\n {2}\.\.\.schemas,/);
  assert.match(cut, /var PgEnum = \/\* @__PURE__ \*\/ \(\(\) => class extends PgColumn \{\n.*\n\}\)\(\);/);
  assert.match(cut, /PORT: count\(1\)\n/);
  assert.match(cut, /table\("jobs", \{\n {2}id: id\(\)\n\}\);/);
  for (const path of Object.keys(modules)) {
    assert.throws(
      () => cutTexts({ "edge.js": textOf({ ...modules, [path]: "none();\n" }) }),
      /has no place for a cut/,
      path,
    );
  }
});

Deno.test("what is read of a namespace in the bundle becomes the thing itself, and one that is handed on stays whole", () => {
  const text = `var outer_exports = {};
__export(outer_exports, {
  inner: () => inner_exports,
  one: () => one2
});
var inner_exports = {};
__export(inner_exports, {
  two: () => two3
});
use(outer_exports.one, outer_exports.inner.two, outer_exports.none, other.outer_exports.one, inner_exports);`;
  const inlined = inlineNamespaces(text);
  assert.match(
    inlined,
    /^use\(one2, two3, outer_exports\.none, other\.outer_exports\.one, inner_exports\);$/m,
  );
  assert.match(inlined, /var inner_exports = \/\* @__PURE__ \*\/ .*\{\n {2}two: \(\) => two3\n\}.*\(\{\}\);/);
});

Deno.test("the estimator's words come out of the bundle in the lists that they went in with, by powers of two", () => {
  const lists = { names: ["mary", "ann", "mar", "zoe", "bo"], passwords: ["123456", "i'm", "pass|word"] };
  const packed = packWords(lists);
  assert.deepEqual(unpackWords(packed, 13), {
    names: ["mary", "ann", "mar", "bo", "zoe"],
    passwords: ["123456", "i'm", "pass|word"],
  });
  assert.throws(() => packWords({ names: ["Mary"] }), /Mary/);
  const many = { list: Array.from({ length: 6000 }, (_, at) => `w${at.toString(36)}`) };
  const { list = [] } = unpackWords(packWords(many), 13);
  assert.deepEqual(list.toSorted(), many.list.slice(0, 5000).toSorted());
  const ranks = new Map(list.map((word, at) => [word, at + 1]));
  assert.ok(
    many.list.slice(0, 5000).every((word, at) =>
      Math.floor(Math.log2(ranks.get(word) ?? 0)) === Math.floor(Math.log2(at + 1))
    ),
  );
});

Deno.test("HTML's named characters come out of the bundle as they went in, with and without their semicolon", () => {
  const table = {
    "&Tab;": "\t",
    "&amp": "&",
    "&amp;": "&",
    "&AMP;": "&",
    "&bne;": "=\u20e5",
    "&zscr;": "\u{1d4cf}",
  };
  const entries = Object.entries(table).map(([name, text]) => [name.slice(1), text] as const);
  assert.deepEqual(unpackEntities(packEntities(entries)), table);
  assert.throws(() => packEntities([["amp", "&"]]), /amp/, "without a semicolon alone");
  assert.throws(() => packEntities([["amp;", "&"], ["amp", "+"]]), /amp/, "another character without it");
  assert.throws(() => packEntities([["three;", "abc"]]), /three/);
});
