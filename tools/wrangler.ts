/** Cloudflare's own tool, fetched when it is asked for: no part of the product, and 100 MB. */
import { messageOf } from "../lib/kernel/errors.ts";

export const WRANGLER = "npm:wrangler@4.164.0";

/** What Deno says when a package can't be fetched. */
const ABSENT =
  /^error: (?:Could not find npm package|Failed (?:loading|caching|to fetch)|.*error sending request)/m;
// deno-lint-ignore no-control-regex -- colours, which wrangler uses whatever it is told
const COLOURS = /\u001b\[[\d;]*m/g;

export interface DryRun {
  /** What would be sent, by wrangler's own count; null when it refused. */
  readonly gzipKilobytes: number | null;
  readonly problems: readonly string[];
}

/**
 * Everything that `wrangler deploy` does short of sending: it reads the project file, finds the modules and makes the
 * upload. Needs no account. null: wrangler can't be had here.
 */
export async function wranglerDryRun(projectFile: string): Promise<DryRun | null> {
  const folder = await Deno.makeTempDir({ prefix: "cauce-wrangler-" });
  try {
    const { code, output } = await run(
      ["deploy", "--dry-run", "--outdir", folder, "--config", projectFile],
      folder,
    );
    if (ABSENT.test(output)) {
      return null;
    }
    const size = /Total Upload: .*gzip: ([\d.]+) KiB/.exec(output)?.[1];
    if (code === 0 && size !== undefined && /--dry-run: exiting now/.test(output)) {
      return { gzipKilobytes: Number(size), problems: [] };
    }
    return { gzipKilobytes: null, problems: errorsOf(output) };
  } catch (thrown) {
    return { gzipKilobytes: null, problems: [`wrangler can't be run: ${messageOf(thrown)}`] };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function run(args: readonly string[], folder: string): Promise<{ code: number; output: string }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    // Outside of the project's configuration and lock: nothing else needs it.
    args: ["run", "-A", "--quiet", "--no-config", "--no-lock", WRANGLER, ...args],
    cwd: folder,
    env: {
      CI: "1",
      NO_COLOR: "1",
      WRANGLER_SEND_METRICS: "false",
      WRANGLER_HIDE_BANNER: "true",
      WRANGLER_LOG_PATH: folder,
      XDG_CONFIG_HOME: folder,
    },
  }).output();
  const text = new TextDecoder();
  return { code, output: `${text.decode(stdout)}\n${text.decode(stderr)}`.replace(COLOURS, "") };
}

/** Its errors and warnings begin with a word in brackets or a cross. */
function errorsOf(output: string): string[] {
  const lines = output.split("\n").map((line) => line.trim()).filter((line) => line !== "");
  const errors = lines.filter((line) => /\[ERROR\]|^(?:✘|X) /.test(line)).map((line) =>
    `wrangler: ${line.replace(/^.*\[ERROR\]\s*/, "")}`
  );
  return errors.length > 0 ? errors : [`wrangler: ${lines.slice(-3).join(" ")}`];
}
