/**
 * `deno task build:edge`: the bundle of edge.ts in dist/edge, checked for what an isolate has not, with its size.
 * Exits 1 when a check fails.
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { minifySync } from "oxc-minify";
import { complain, say } from "../cli/output.ts";
import { cutTexts } from "./edge-cuts.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
/** Packages that the bundle does without, and what stands in for them. */
export const STAND_INS = { unpdf: "deploy/edge/no-pdf.ts", openai: "deploy/edge/openai.ts" } as const;
/** What workerd offers of `node:` under `nodejs_compat`, as far as it is used. */
const NODE_MODULES = new Set([
  "node:async_hooks",
  "node:buffer",
  "node:crypto",
  "node:util",
]);
const NODE_IMPORT = /["'`](node:[a-z_/]+)["'`]/g;
/** What the platform takes. */
export const MAX_GZIP_BYTES = 1_000_000;
/** Of all modules together. */
export const AIM_GZIP_BYTES = 600_000;

export interface EdgeBundle {
  readonly folder: string;
  /** Module names; the first is the entry. */
  readonly modules: readonly string[];
  readonly gzipBytes: number;
  /** Of the entry and what it imports before it runs. */
  readonly startGzipBytes: number;
}

/**
 * Bundles edge.ts into `folder`: once as it is, then again without what edge-cuts.ts takes out, so that all that only
 * those parts used goes too. Modules that load when first used stay apart. The names are then given anew: the bundler
 * never uses one again within a function that could, and text that repeats is shorter when compressed.
 */
export async function buildEdge(folder: string): Promise<EdgeBundle> {
  const whole = await Deno.makeTempDir({ prefix: "cauce-edge-" });
  try {
    const map = join(whole, "imports.json");
    await Deno.writeTextFile(map, JSON.stringify({ imports: await imports() }));
    await bundle(join(ROOT, "edge.ts"), { into: join(whole, "out"), more: ["--import-map", map] });
    await rewrite(join(whole, "out"), cutTexts);
    await Deno.remove(folder, { recursive: true }).catch(() => {});
    await bundle(join(whole, "out", "edge.js"), { into: folder, more: ["--minify"] });
    await rewrite(folder, renamed);
  } finally {
    await Deno.remove(whole, { recursive: true });
  }
  return await measure(folder);
}

async function bundle(
  entry: string,
  { into, more }: { into: string; more: readonly string[] },
): Promise<void> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "bundle",
      "--quiet",
      "--platform",
      "browser",
      "--code-splitting",
      ...more,
      "--outdir",
      into,
      entry,
    ],
    cwd: ROOT,
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}

/** Writes the files of a folder again as `change` makes them. */
async function rewrite(
  folder: string,
  change: (texts: Readonly<Record<string, string>>) => Record<string, string>,
): Promise<void> {
  const texts: Record<string, string> = {};
  for await (const { name } of Deno.readDir(folder)) {
    texts[name] = await Deno.readTextFile(join(folder, name));
  }
  for (const [name, text] of Object.entries(change(texts))) {
    await Deno.writeTextFile(join(folder, name), text);
  }
}

function renamed(texts: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(texts).map(([name, text]) => {
      const { code, errors: [error] } = minifySync(name, text, { module: true, mangle: { toplevel: true } });
      if (error !== undefined) throw new Error(`${name}: ${error.message}`);
      return [name, code];
    }),
  );
}

async function imports(): Promise<Record<string, string>> {
  const config: { imports: Record<string, string> } = JSON.parse(
    await Deno.readTextFile(join(ROOT, "deno.json")),
  );
  const standIns = Object.entries(STAND_INS).map(([name, path]) => [name, join(ROOT, path)]);
  return { ...config.imports, ...Object.fromEntries(standIns) };
}

async function measure(folder: string): Promise<EdgeBundle> {
  const names = [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) => name.endsWith(".js"));
  const texts = new Map<string, string>();
  for (const name of names) texts.set(name, await Deno.readTextFile(join(folder, name)));
  const sizes = new Map<string, number>();
  for (const [name, text] of texts) sizes.set(name, await gzipSize(text));
  const sum = (some: Iterable<string>) =>
    [...some].reduce((total, name) => total + (sizes.get(name) ?? 0), 0);
  const rest = names.filter((name) => name !== "edge.js").sort();
  return {
    folder,
    modules: ["edge.js", ...rest],
    gzipBytes: sum(names),
    startGzipBytes: sum(atStart("edge.js", texts)),
  };
}

/** The module and everything that it imports statically. */
function atStart(entry: string, texts: ReadonlyMap<string, string>): Set<string> {
  const seen = new Set<string>();
  const visit = (name: string) => {
    if (seen.has(name)) return;
    seen.add(name);
    for (const [, next = ""] of (texts.get(name) ?? "").matchAll(/(?:from|import)\s*"\.\/([^"]+\.js)"/g)) {
      visit(next);
    }
  };
  visit(entry);
  return seen;
}

async function gzipSize(text: string): Promise<number> {
  const packed = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  return (await new Response(packed).arrayBuffer()).byteLength;
}

/** What the bundle and the sources behind it have that an isolate has not; empty when it is fit to run. */
export async function breachesOf(
  { folder, modules, gzipBytes }: EdgeBundle,
  { entry = "edge.ts" }: { readonly entry?: string } = {},
): Promise<string[]> {
  const breaches: string[] = [];
  for (const name of modules) {
    const text = await Deno.readTextFile(join(folder, name));
    for (const [, used = ""] of text.matchAll(NODE_IMPORT)) {
      if (!NODE_MODULES.has(used)) breaches.push(`${name} imports ${used}`);
    }
    if (/\bDeno\.dlopen\b|@libsql\/linux|["'`][^"'`]*\.node["'`]/.test(text)) {
      breaches.push(`${name} loads native code`);
    }
  }
  for (const path of await sourcesOf(entry)) {
    const code = (await Deno.readTextFile(path)).replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
    if (/\bDeno\./.test(code)) breaches.push(`${path} uses Deno`);
    for (const [, used = ""] of code.matchAll(NODE_IMPORT)) {
      if (!path.includes("/lib/adapters/") || !NODE_MODULES.has(used)) {
        breaches.push(`${path} imports ${used}`);
      }
    }
  }
  if (gzipBytes > MAX_GZIP_BYTES) breaches.push(`${gzipBytes} bytes compressed, ${MAX_GZIP_BYTES} at most`);
  return breaches;
}

/** The project's own files that `entry` reaches by more than a type. */
export async function sourcesOf(entry: string): Promise<string[]> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json", entry], cwd: ROOT })
    .output();
  const graph: Graph = JSON.parse(new TextDecoder().decode(stdout));
  const byName = new Map(graph.modules.map((module) => [module.specifier, module]));
  const seen = new Set<string>();
  const visit = (specifier: string) => {
    if (seen.has(specifier) || !specifier.startsWith("file:")) return;
    seen.add(specifier);
    for (const { code } of byName.get(specifier)?.dependencies ?? []) {
      if (code !== undefined) visit(code.specifier);
    }
  };
  graph.roots.forEach(visit);
  return [...seen].map((specifier) => fileURLToPath(specifier));
}

interface Graph {
  readonly roots: readonly string[];
  readonly modules: readonly {
    readonly specifier: string;
    readonly dependencies?: readonly { readonly code?: { readonly specifier: string } }[];
  }[];
}

if (import.meta.main) {
  const bundle = await buildEdge(join(ROOT, "dist", "edge"));
  const breaches = await breachesOf(bundle);
  const kilobytes = (bytes: number) => `${Math.round(bytes / 1000)} KB`;
  say(
    `dist/edge: ${bundle.modules.length} modules, ${kilobytes(bundle.gzipBytes)} compressed, ` +
      `${kilobytes(bundle.startGzipBytes)} of it at the start (limit ${kilobytes(MAX_GZIP_BYTES)}, ` +
      `aim ${kilobytes(AIM_GZIP_BYTES)})`,
  );
  for (const breach of breaches) complain(breach);
  Deno.exit(breaches.length === 0 ? 0 : 1);
}
