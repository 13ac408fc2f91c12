import assert from "node:assert/strict";
import { dirname, join, normalize, relative } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const FOLDERS = ["lib", "routes", "workers", "db", "device-bridge", "cli", "tools"];

interface Import {
  readonly from: string;
  /** A path inside the project, or a package's name. */
  readonly to: string;
  readonly typeOnly: boolean;
}

function* sourceFiles(folder: string): Generator<string> {
  let entries: Deno.DirEntry[] = [];
  try {
    entries = [...Deno.readDirSync(folder)];
  } catch {
    return;
  }
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory) yield* sourceFiles(path);
    else if (/\.tsx?$/.test(entry.name)) yield path;
  }
}

function importsOf(path: string): Import[] {
  const text = Deno.readTextFileSync(path);
  const from = relative(ROOT, path);
  const found: Import[] = [];
  const pattern =
    /(?:^|\n)\s*(import|export)\s+(type\s+)?(?:[^"';]*?\sfrom\s+)?["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']\s*\)/g;
  for (const match of text.matchAll(pattern)) {
    const spec = match[3] ?? match[4] ?? "";
    const to = spec.startsWith(".")
      ? relative(ROOT, normalize(join(dirname(path), spec)))
      : packageName(spec);
    found.push({ from, to, typeOnly: match[2] !== undefined });
  }
  return found;
}

function packageName(spec: string): string {
  const bare = spec.replace(/^npm:/, "").replace(/(?<=.)@[\d.]+/, "");
  const parts = bare.split("/");
  return bare.startsWith("@") ? parts.slice(0, 2).join("/") : parts[0] ?? bare;
}

const all = FOLDERS.flatMap((folder) => [...sourceFiles(join(ROOT, folder))]).flatMap(importsOf);

Deno.test("the import rules see the imports", () => {
  assert.ok(all.some(({ from, to }) => from === "lib/context.ts" && to === "lib/kernel/errors.ts"));
  assert.ok(
    all.some(({ from, to, typeOnly }) =>
      from === "lib/ports/mod.ts" && to === "lib/ports/cache.ts" && typeOnly
    ),
  );
});

function refuse(rule: string, breach: (one: Import) => boolean): void {
  Deno.test(rule, () => {
    const breaches = all.filter(breach).map(({ from, to }) => `${from} imports ${to}`);
    assert.deepEqual(breaches, []);
  });
}

const domainOf = (path: string) => /^lib\/([a-z-]+)\//.exec(path)?.[1] ?? null;
const NOT_DOMAINS = new Set(["kernel", "ports", "adapters"]);
const isDomain = (path: string) => {
  const domain = domainOf(path);
  return domain !== null && !NOT_DOMAINS.has(domain);
};
const isLocal = (to: string) =>
  /^(lib|routes|workers|db|web|tests|tools|cli|bench)\//.test(to) || to.endsWith(".ts");
/** The vocabulary of every layer. */
const COMMON = /^lib\/(kernel\/|ports\/|context\.ts|config\.ts|config-schema\.ts|version\.ts)/;

refuse(
  "the kernel imports nothing of ours",
  ({ from, to }) => from.startsWith("lib/kernel/") && isLocal(to) && !to.startsWith("lib/kernel/"),
);
refuse(
  "ports import the kernel and each other only",
  ({ from, to }) => from.startsWith("lib/ports/") && isLocal(to) && !/^lib\/(kernel|ports)\//.test(to),
);
refuse(
  "routes import domains by their face, never db, drizzle, adapters or workers",
  ({ from, to }) =>
    from.startsWith("routes/") &&
    (/^(db|workers|cli|tools)\//.test(to) || to.startsWith("lib/adapters/") || to === "drizzle-orm" ||
      (isDomain(to) && !/^lib\/[a-z-]+\/(mod|schemas)\.ts$/.test(to))),
);
refuse(
  "workers never import routes or the command line",
  ({ from, to }) => from.startsWith("workers/") && /^(routes|cli|tools)\//.test(to),
);
refuse(
  "a domain imports the kernel, ports and faces of other domains",
  ({ from, to }) =>
    isDomain(from) && isLocal(to) && !COMMON.test(to) && domainOf(from) !== domainOf(to) &&
    !/^lib\/[a-z-]+\/(mod|jobs|schemas)\.ts$/.test(to) &&
    !/^db\/(schema\/[a-z-]+|statement|move)\.ts$/.test(to),
);
refuse(
  "only stores (and the schema's types) reach the database schema",
  ({ from, to, typeOnly }) =>
    isDomain(from) && to.startsWith("db/") && !typeOnly &&
    !/\/(([a-z-]*-)?store(-[a-z-]+)?|schemas)\.ts$/.test(from),
);
refuse(
  "drizzle is spoken in db, its ports and stores only",
  ({ from, to, typeOnly }) =>
    to === "drizzle-orm" && !typeOnly && !from.startsWith("db/") && !from.startsWith("lib/adapters/db/") &&
    !/^lib\/ports\/db\.ts$/.test(from) && !/\/([a-z-]*-)?store(-[a-z-]+)?\.ts$/.test(from),
);
refuse(
  "hono never appears under lib",
  ({ from, to }) => from.startsWith("lib/") && (to === "hono" || to.startsWith("@hono/")),
);
refuse("domains never import an adapter", ({ from, to }) => isDomain(from) && to.startsWith("lib/adapters/"));
refuse(
  "adapters import ports, the kernel and shared text only",
  ({ from, to }) =>
    from.startsWith("lib/adapters/") && isLocal(to) && !COMMON.test(to) && !to.startsWith("lib/adapters/") &&
    !/^db\/(statement|migrate)\.ts$/.test(to),
);

Deno.test("the domains import each other without a cycle", () => {
  const edges = new Map<string, Set<string>>();
  for (const { from, to, typeOnly } of all) {
    const [a, b] = [domainOf(from), domainOf(to)];
    if (a === null || b === null || a === b || typeOnly || !isDomain(from) || !isDomain(to)) continue;
    edges.set(a, (edges.get(a) ?? new Set()).add(b));
  }
  const visit = (at: string, trail: readonly string[]): void => {
    if (trail.includes(at)) assert.fail(`cycle: ${[...trail.slice(trail.indexOf(at)), at].join(" -> ")}`);
    for (const next of edges.get(at) ?? []) visit(next, [...trail, at]);
  };
  for (const start of edges.keys()) visit(start, []);
});

Deno.test("Deno and the environment appear in adapters and entry points only", () => {
  const breaches: string[] = [];
  for (const folder of ["lib", "routes", "workers/handlers"]) {
    for (const path of sourceFiles(join(ROOT, folder))) {
      const name = relative(ROOT, path);
      if (name.startsWith("lib/adapters/")) continue;
      const code = Deno.readTextFileSync(path).replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
      if (/\bDeno\.|\bprocess\.env\b/.test(code)) breaches.push(name);
    }
  }
  assert.deepEqual(breaches, []);
});

Deno.test("routes read bodies through c.req, since the gate has read the raw request", () => {
  const breaches = Array.from(sourceFiles(join(ROOT, "routes"))).map((path) => relative(ROOT, path)).filter((
    name,
  ) =>
    /\breq\.raw\.(arrayBuffer|blob|body|bytes|formData|json|text)\b/.test(
      Deno.readTextFileSync(join(ROOT, name)),
    )
  );
  assert.deepEqual(breaches, []);
});
