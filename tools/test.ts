/**
 * `deno task test [files and flags of deno test]`: system packages, then the tests with sanitizers on, then what
 * failed once more, and a line such as `412 passed, 0 failed, 0 skipped` counted from the runner's own report. In CI
 * nothing may be skipped.
 */
import { complain, say } from "../cli/output.ts";
import { setupSystem } from "./setup-system.ts";
import { readReport, type TestReport } from "./test-report.ts";

const ci = Deno.env.get("CI") === "true";
const missing = await setupSystem();
if (ci && missing.length > 0) {
  complain(`CI needs ${missing.join(", ")}`);
  Deno.exit(1);
}

/** Suites of domains that run a second time over the owner's Hrana endpoint: verbs behave the same on every database. */
const OVER_HRANA = [
  "tests/unit/consumers/",
  "tests/unit/conversations/",
  "tests/unit/messaging/",
  "tests/unit/sla/",
  "tests/http/auth.test.ts",
  "tests/http/auth-register.test.ts",
  "tests/http/auth-throttle.test.ts",
  "tests/http/conversations.test.ts",
  "tests/http/dashboards.test.ts",
  "tests/http/knowledge.test.ts",
  "tests/http/me.test.ts",
  "tests/http/operators.test.ts",
  "tests/http/reports.test.ts",
  "tests/http/reports-datasets.test.ts",
  "tests/http/reports-files.test.ts",
  "tests/http/reports-language.test.ts",
  "tests/http/tickets.test.ts",
  "tests/http/tickets-lists.test.ts",
  "tests/http/visits.test.ts",
  "tests/http/visits-changed.test.ts",
  "tests/http/visits-times.test.ts",
  "tests/http/visits-told.test.ts",
  "tests/http/watson.test.ts",
  "tests/http/watson-access.test.ts",
  "tests/http/watson-assistant.test.ts",
  "tests/http/watson-reports.test.ts",
  "tests/http/watson-words.test.ts",
] as const;

await Deno.mkdir(".test", { recursive: true });
/** Whatever the tests leave lies in one folder, which goes with the run. */
const left = await Deno.makeTempDir({ prefix: "cauce-tests-" });
const whole = !Deno.args.some((arg) => !arg.startsWith("-"));
const runs = [await run(whole ? ["tests/"] : [])];
// After a failure it would only push what the first run told of it out of sight.
const again = whole && runs[0]?.code === 0;
if (again) runs.push(await run(OVER_HRANA, { CAUCE_TEST_DATABASE: "hrana" }));
await Deno.remove(left, { recursive: true }).catch(() => {});

const sum = (name: "passed" | "failed" | "skipped") => runs.reduce((total, run) => total + run[name], 0);
const skippedInCi = ci && sum("skipped") > 0;
const code = runs.find((run) => run.code !== 0)?.code ?? (skippedInCi ? 1 : 0);
for (const failure of runs.flatMap((run) => run.failures)) complain(`FAILED ${failure}\n`);
if (code !== 0 && sum("failed") === 0 && !skippedInCi) {
  complain(`The runner ended with ${code} though no test failed: a file above could not be run to its end`);
}
if (skippedInCi) complain("In CI no test may be skipped");
if (whole && !again) {
  complain("The suites that run over Hrana as well were left out of it: run again once this is mended");
}
say(`${sum("passed")} passed, ${sum("failed")} failed, ${sum("skipped")} skipped`);
Deno.exit(code);

async function run(
  files: readonly string[],
  more: Record<string, string> = {},
): Promise<TestReport & { readonly code: number }> {
  const report = `.test/report-${Deno.pid}.xml`;
  const args = [
    "test",
    "-A",
    "--no-prompt",
    "--parallel",
    "--sanitize-ops",
    "--sanitize-resources",
    "--permit-no-files",
  ];
  // Three files at a time, on two cores too: a third of the run waits for other processes.
  const env = {
    DENO_JOBS: Deno.env.get("DENO_JOBS") ?? "3",
    DENO_NO_UPDATE_CHECK: "1",
    TMPDIR: left,
    ...more,
  };
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: [...args, `--junit-path=${report}`, ...Deno.args, ...files],
    env,
  }).spawn().status;
  const told = readReport(await Deno.readTextFile(report).catch(() => ""));
  await Deno.remove(report).catch(() => {});
  return { ...told, code };
}
