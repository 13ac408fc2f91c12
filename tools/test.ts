/**
 * `deno task test [files and flags of deno test]`: system packages, then the tests with sanitizers on, then a
 * line such as `412 passed, 0 failed, 0 skipped` counted from the runner's own report. In CI nothing may be skipped.
 */
import { complain, say } from "../cli/output.ts";
import { setupSystem } from "./setup-system.ts";

const ci = Deno.env.get("CI") === "true";
const missing = await setupSystem();
if (ci && missing.length > 0) {
  complain(`CI needs ${missing.join(", ")}`);
  Deno.exit(1);
}

await Deno.mkdir(".test", { recursive: true });
const report = `.test/report-${Deno.pid}.xml`;
const files = Deno.args.some((arg) => !arg.startsWith("-")) ? [] : ["tests/"];
const args = [
  "test",
  "-A",
  "--no-prompt",
  "--parallel",
  "--sanitize-ops",
  "--sanitize-resources",
  "--permit-no-files",
];
const env = { DENO_JOBS: Deno.env.get("DENO_JOBS") ?? "2", DENO_NO_UPDATE_CHECK: "1" };
const status = await new Deno.Command(Deno.execPath(), {
  args: [...args, `--junit-path=${report}`, ...Deno.args, ...files],
  env,
}).spawn().status;

const counts = await count(report);
await Deno.remove(report).catch(() => {});
const skippedInCi = ci && counts.skipped > 0;
if (skippedInCi) complain("In CI no test may be skipped");
say(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
Deno.exit(status.code !== 0 ? status.code : skippedInCi ? 1 : 0);

async function count(path: string): Promise<{ passed: number; failed: number; skipped: number }> {
  const xml = await Deno.readTextFile(path).catch(() => "");
  const cases = xml.match(/<testcase\b[^>]*?(\/>|>[\s\S]*?<\/testcase>)/g) ?? [];
  const failed = cases.filter((text) => /<(failure|error)\b/.test(text)).length;
  const skipped = cases.filter((text) => /<skipped\b/.test(text)).length;
  return { passed: cases.length - failed - skipped, failed, skipped };
}
