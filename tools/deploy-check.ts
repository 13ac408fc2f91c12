/**
 * `deno task deploy:check [file of settings]`: builds the bundle and checks it, the project files of Cloudflare Workers
 * and Deno Deploy, has wrangler make the upload without sending it, and checks the settings of the file that is given.
 * Nothing is deployed.
 */
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { parseEnv } from "node:util";
import { z } from "zod";
import { complain, say } from "../cli/output.ts";
import { openEdgeHost } from "../compose-edge.ts";
import { SETTING_GROUPS } from "../lib/config-schema.ts";
import { ConfigError } from "../lib/config.ts";
import { breachesOf, buildEdge } from "./build-edge.ts";
import { EDGE_SETTINGS } from "./deploy-settings.ts";
import { WRANGLER, wranglerDryRun } from "./wrangler.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const WRANGLER_FILE = join(ROOT, "deploy/edge/wrangler.jsonc");
const NAMES: ReadonlySet<string> = new Set(
  Object.values(SETTING_GROUPS).flatMap((group) => Object.keys(group)),
);

/** Of the workerd that tests/support/workerd.ts pins. */
const TESTED_DATE = "2026-07-30";
/** `node:` modules, and the word that a reader of a stream has left. */
const FLAGS = ["nodejs_compat", "enable_request_signal"] as const;

const wranglerSchema = z.object({
  name: z.string().regex(/^[a-z0-9-]{1,63}$/),
  main: z.string(),
  base_dir: z.string(),
  no_bundle: z.literal(true),
  find_additional_modules: z.literal(true),
  compatibility_date: z.iso.date(),
  compatibility_flags: z.array(z.string()),
  vars: z.record(z.string(), z.string()),
});

const denoSchema = z.object({
  deploy: z.object({ runtime: z.object({ mode: z.literal("dynamic"), entrypoint: z.string() }) }),
});

/** What is wrong with the project file of Cloudflare Workers; `text` is JSON with line comments. */
export function wranglerProblems(text: string, built: ReadonlySet<string>): string[] {
  const parsed = wranglerSchema.safeParse(fromJsonc(text));
  if (!parsed.success) {
    return parsed.error.issues.map(({ path, message }) => `wrangler.jsonc: ${path.join(".")} ${message}`);
  }
  const { main, base_dir, compatibility_date: date, compatibility_flags: flags, vars } = parsed.data;
  const problems: string[] = [];
  const at = (path: string) => normalize(join(dirname(WRANGLER_FILE), path));
  if (!built.has(at(main))) problems.push(`main: ${main} is not what build:edge writes`);
  if (dirname(at(main)) !== at(base_dir)) problems.push("base_dir: must be the folder of main");
  if (date !== TESTED_DATE) problems.push(`compatibility_date: the tests in workerd run with ${TESTED_DATE}`);
  for (const flag of FLAGS) {
    if (!flags.includes(flag)) problems.push(`compatibility_flags: must have ${flag}`);
  }
  const secrets = new Set(EDGE_SETTINGS.filter(({ secret }) => secret).map(({ name }) => name));
  for (const name of Object.keys(vars)) {
    if (!NAMES.has(name)) problems.push(`vars: ${name} is no setting`);
    if (secrets.has(name)) problems.push(`vars: ${name} is a secret: use wrangler secret put`);
  }
  return problems.map((problem) => `wrangler.jsonc: ${problem}`);
}

/** What is missing or wrong among the settings that a deployment is given. */
export function settingsProblems(given: Readonly<Record<string, string | undefined>>): string[] {
  const missing = EDGE_SETTINGS.filter(({ name, required }) => required && !given[name]);
  const problems = missing.map(({ name, from }) => `${name}: is missing (${from})`);
  for (const name of Object.keys(given)) if (!NAMES.has(name)) problems.push(`${name}: is no setting`);
  try {
    openEdgeHost({ CAUCE_ENV: "production", ...given });
  } catch (thrown) {
    if (!(thrown instanceof ConfigError)) throw thrown;
    const known = new Set(missing.map(({ name }) => name));
    problems.push(...thrown.problems.filter((line) => !known.has(line.split(":")[0] ?? "")));
  }
  return problems;
}

function fromJsonc(text: string): unknown {
  return JSON.parse(text.replace(/^\s*\/\/.*$/gm, ""));
}

async function check(settings: string | undefined): Promise<string[]> {
  const bundle = await buildEdge(join(ROOT, "dist", "edge"));
  say(
    `Bundle: ${bundle.modules.length} modules, ${
      Math.round(bundle.gzipBytes / 1000)
    } KB compressed, in dist/edge`,
  );
  const problems = await breachesOf(bundle);
  const built = new Set(bundle.modules.map((name) => join(bundle.folder, name)));
  problems.push(...wranglerProblems(await Deno.readTextFile(WRANGLER_FILE), built));
  say(`Dry run of ${WRANGLER}, fetched the first time`);
  const dry = await wranglerDryRun(WRANGLER_FILE);
  if (dry === null) say("Not done: wrangler can't be fetched here");
  else {
    problems.push(...dry.problems);
    if (dry.gzipKilobytes !== null) say(`Cloudflare would be sent ${dry.gzipKilobytes} KiB compressed`);
  }
  const { deploy } = denoSchema.parse(JSON.parse(await Deno.readTextFile(join(ROOT, "deno.json"))));
  await Deno.stat(join(ROOT, deploy.runtime.entrypoint));
  say(`Projects: deploy/edge/wrangler.jsonc, and "deploy" in deno.json (${deploy.runtime.entrypoint})`);
  say("Settings, by the account that they come from:");
  for (const { name, from, secret, required } of EDGE_SETTINGS) {
    say(
      `  ${name.padEnd(28)} ${secret ? "secret  " : "variable"} ${
        required ? "required" : "optional"
      }  ${from}`,
    );
  }
  if (settings === undefined) {
    say("Not checked: their values; give a file of them (deno task deploy:check edge.env)");
  } else problems.push(...settingsProblems(parseEnv(await Deno.readTextFile(settings))));
  return problems;
}

if (import.meta.main) {
  const problems = await check(Deno.args[0]);
  for (const problem of problems) complain(problem);
  say(problems.length === 0 ? "Ready to deploy" : `${problems.length} problem(s)`);
  Deno.exit(problems.length === 0 ? 0 : 1);
}
