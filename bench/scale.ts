/**
 * `deno task bench:scale`: plays loads of a day against the policy that scales lanes, beside lanes that stay at their
 * least and at their most, and prints how long jobs wait and what the places cost. Arguments: least (4), most (64),
 * cores (2).
 */
import { say } from "../cli/output.ts";
import { LOAD_CURVES, simulate, type Simulated } from "../lib/scaling/mod.ts";

const [least = 4, most = 64, cores = 2] = Deno.args.map(Number);
const bounds = { least, most };

function line(name: string, { p50Ms, p95Ms, mostMs, placeSeconds, mostAtOnce, changes }: Simulated): string {
  const wait = `wait p50 ${p50Ms} ms, p95 ${p95Ms} ms, most ${mostMs} ms`;
  return `  ${name.padEnd(16)} ${wait.padEnd(52)} cost ${
    Math.round(placeSeconds)
  } place seconds, ${mostAtOnce} at once at most, ${changes} changes`;
}

for (const curve of LOAD_CURVES) {
  const scaled = simulate(curve, { bounds, cores });
  const small = simulate(curve, { bounds, cores, fixed: least });
  const large = simulate(curve, { bounds, cores, fixed: most });
  say(`${curve.name}: ${scaled.jobs} jobs of ${curve.serviceMs} ms`);
  say(line("scaled", scaled));
  say(line(`always ${least}`, small));
  say(line(`always ${most}`, large));
  say(`  cost ${(scaled.placeSeconds / large.placeSeconds).toFixed(2)} of always ${most}`);
}
