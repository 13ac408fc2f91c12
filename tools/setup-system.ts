/**
 * `deno task setup:system`: installs the Debian packages that the tests (and later the browser worker) use, when
 * it may (root, or sudo without a password), else prints the one line to run. CAUCE_NO_INSTALL=1 stops it.
 */

import { say } from "../cli/output.ts";

/** Debian package -> the file that proves it is there. */
type Packages = Readonly<Record<string, string>>;

const PACKAGES = {
  chromium: "/usr/bin/chromium",
  "redis-server": "/usr/bin/redis-server",
  "python3-openpyxl": "/usr/lib/python3/dist-packages/openpyxl/__init__.py",
} as const satisfies Record<string, string>;

/** Another run of this may be at it: one after the other. What else installs meanwhile is waited for, in seconds. */
const APT_GET = ["/var/lib/apt", "apt-get", "-o", "DPkg::Lock::Timeout=600"] as const;

export function missingPackages(packages: Packages = PACKAGES): string[] {
  return Object.entries(packages).filter(([, program]) => !exists(program)).map(([name]) => name);
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

async function run(command: string, args: readonly string[]): Promise<boolean> {
  try {
    const env = { DEBIAN_FRONTEND: "noninteractive" };
    const { success } = await new Deno.Command(command, { args: [...args], env, stdin: "null" }).spawn()
      .status;
    return success;
  } catch {
    return false;
  }
}

async function succeeds(command: string, args: readonly string[]): Promise<boolean> {
  try {
    return (await new Deno.Command(command, {
      args: [...args],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).output()).success;
  } catch {
    return false;
  }
}

/** Resolves to the packages that are still missing; `without` says what is done without them. */
export async function setupSystem(
  packages: Packages = PACKAGES,
  without = "Tests that need them are skipped",
): Promise<string[]> {
  const missing = missingPackages(packages);
  if (missing.length === 0) return [];
  const line = `apt-get update && apt-get install -y --no-install-recommends ${missing.join(" ")}`;
  const root = Deno.uid() === 0;
  const may = Deno.env.get("CAUCE_NO_INSTALL") !== "1" && exists("/usr/bin/apt-get") &&
    (root || await succeeds("sudo", ["-n", "true"]));
  if (!may) {
    say(
      `Missing: ${missing.join(", ")}. ${without}. To install them, run:\n  ${
        root ? line : `sudo sh -c '${line}'`
      }`,
    );
    return missing;
  }
  say(`Installing ${missing.join(", ")}`);
  const [command, lead] = root ? ["flock", APT_GET] as const : ["sudo", ["-n", "flock", ...APT_GET]] as const;
  await run(command, [...lead, "update", "-qq"]);
  await run(command, [...lead, "install", "-y", "-qq", "--no-install-recommends", ...missing]);
  return missingPackages(packages);
}

if (import.meta.main) {
  const missing = await setupSystem();
  if (missing.length === 0) say("Every system package is there");
}
