/**
 * `deno task build`: main.ts and workers/main.ts as a handful of modules under dist/server, made anew when a source
 * changed. The same program from 1,800 modules takes 25 MB more memory and starts a third slower (measured).
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { complain, say } from "../cli/output.ts";
import settings from "../deno.json" with { type: "json" };

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const FOLDER = join(ROOT, "dist", "server");
/** Everything that the programs are made of. */
export const SOURCES = ["lib", "routes", "workers", "db", "main.ts", "compose.ts", "deno.json", "deno.lock"];
const PROGRAMS = ["main", "workers/main"] as const;
/** What finds files of its own beside itself, and what only some ever load. */
const LEFT_OUT = [
  "#root",
  "libsql",
  "imapflow",
  "ioredis",
  "nodemailer",
  "openai",
  "pdfkit",
  "redoc/package.json",
  "swagger-ui-dist/package.json",
  "unpdf",
];
/** A server that runs may still load parts of the build that it began with. */
const KEPT = 3;

/** What the server prints when it serves: its address and process. */
export const READY = /serves on (http:\/\/\S+) \(pid (\d+)/;
const STARTED_WITH = settings.tasks.start.command.split(" ");
/** What `deno task start` tells V8: a nursery in which a flood's requests die young, and a heap given back when idle. */
export const START_FLAGS = STARTED_WITH.filter((part) => part.startsWith("--v8-flags="));
/**
 * What it tells glibc: to keep as many small blocks at hand as a turn of the loop with 64 requests frees. With its own 7
 * what is freed past them is merged, and split again for the next ones: a twentieth of a request.
 */
export const START_ENV: Readonly<Record<string, string>> = Object.fromEntries(
  STARTED_WITH.flatMap((part) => {
    const [, name, value] = /^([A-Z_]+)=(.+)$/.exec(part) ?? [];
    return name === undefined || value === undefined ? [] : [[name, value]];
  }),
);

export type Program = typeof PROGRAMS[number];

/** The path of a program, built when its sources changed since. Throws with the bundler's words when it can't be. */
export async function buildServer(program: Program): Promise<string> {
  const name = await fingerprint();
  const folder = join(FOLDER, name);
  if (!await exists(folder)) {
    await bundle(folder);
    await tryOut(folder).catch(async (error) => {
      await Deno.remove(folder, { recursive: true });
      throw error;
    });
  }
  for (const one of PROGRAMS) await writeWhenOther(entryOf(one), `import "./${name}/${one}.js";\n`);
  await forget(name);
  return entryOf(program);
}

const entryOf = (program: Program) => join(FOLDER, `${program.replace("/", "-")}.js`);

async function bundle(folder: string): Promise<void> {
  await Deno.mkdir(FOLDER, { recursive: true });
  const making = await Deno.makeTempDir({ dir: FOLDER, prefix: "making-" });
  try {
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        "bundle",
        "--quiet",
        "--platform=deno",
        "--code-splitting",
        ...LEFT_OUT.map((name) => `--external=${name}`),
        `--outdir=${making}`,
        ...PROGRAMS.map((program) => `${program}.ts`),
      ],
      cwd: ROOT,
    }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    // Whole or not at all; another one that was quicker made the same.
    await Deno.rename(making, folder).catch(async (error) => {
      if (!await exists(folder)) throw error;
    });
  } finally {
    await Deno.remove(making, { recursive: true }).catch(() => {});
  }
}

/**
 * Lets the new server serve once, on data of its own. What the runtime learns of its modules it keeps on disk, so that
 * the first start of a user is as quick and as small as the next one.
 */
async function tryOut(folder: string): Promise<void> {
  const data = await Deno.makeTempDir({ prefix: "cauce-build-" });
  try {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-P=work", ...START_FLAGS, "--config", join(ROOT, "deno.json"), join(folder, "main.js")],
      cwd: data, // nobody's .env
      clearEnv: true,
      env: { ...inherited(), ...START_ENV, CAUCE_DATA: data, PORT: "0", HOST: "127.0.0.1" },
      stdout: "piped",
      stderr: "null",
    }).spawn();
    let said = "";
    let served = false;
    for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
      said += text;
      if (served || !READY.test(said)) continue;
      served = true;
      child.kill("SIGTERM");
    }
    if (!(await child.status).success) throw new Error(`what was built does not serve: ${said}`);
  } finally {
    await Deno.remove(data, { recursive: true });
  }
}

/** What the runtime itself needs; nobody's settings. */
export function inherited(): Record<string, string> {
  const names = ["PATH", "HOME", "DENO_DIR", "XDG_CACHE_HOME", "TMPDIR", "LANG"];
  return Object.fromEntries(names.flatMap((name) => {
    const value = Deno.env.get(name);
    return value === undefined ? [] : [[name, value]];
  }));
}

/** Of the texts of all sources and the runtime's version. */
async function fingerprint(): Promise<string> {
  const files = (await Promise.all(SOURCES.map((name) => filesOf(name)))).flat().sort();
  const texts = await Promise.all(files.map((file) => Deno.readFile(join(ROOT, file))));
  const sums = await Promise.all(texts.map((text) => crypto.subtle.digest("SHA-256", text)));
  const all = new Blob([Deno.version.deno, ...files.flatMap((file, at) => [file, sums[at] ?? ""])]);
  const sum = await crypto.subtle.digest("SHA-256", await all.arrayBuffer());
  return new Uint8Array(sum).toHex().slice(0, 16);
}

async function filesOf(path: string): Promise<string[]> {
  if ((await Deno.stat(join(ROOT, path))).isFile) return [path];
  const found: Promise<string[]>[] = [];
  for await (const { name } of Deno.readDir(join(ROOT, path))) found.push(filesOf(join(path, name)));
  return (await Promise.all(found)).flat();
}

async function writeWhenOther(path: string, text: string): Promise<void> {
  if (await Deno.readTextFile(path).catch(() => null) === text) return;
  const draft = `${path}.${crypto.randomUUID()}`;
  await Deno.writeTextFile(draft, text);
  await Deno.rename(draft, path);
}

/** Removes all but the newest builds, never the one of this name. */
async function forget(name: string): Promise<void> {
  const builds: { path: string; at: number }[] = [];
  for await (const { name: other, isDirectory } of Deno.readDir(FOLDER)) {
    if (!isDirectory || other === name || other.startsWith("making-")) continue;
    const path = join(FOLDER, other);
    // Another process may have removed it by now.
    const at = await Deno.stat(path).then(({ mtime }) => mtime?.getTime() ?? 0, () => null);
    if (at !== null) builds.push({ path, at });
  }
  const old = builds.sort((a, b) => b.at - a.at).slice(KEPT - 1);
  for (const { path } of old) await Deno.remove(path, { recursive: true }).catch(() => {});
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

if (import.meta.main) {
  try {
    say(`built in ${await buildServer("main")}`);
  } catch (error) {
    complain(`Cauce can't be built here: ${error instanceof Error ? error.message : error}`);
    complain("Its sources run as they are, with more memory: deno run -P=work main.ts");
    Deno.exit(1);
  }
}
