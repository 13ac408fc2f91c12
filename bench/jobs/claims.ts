/** What a claim of 32 costs with few and with very many jobs waiting, of 200 workspaces. Prints one line of JSON. */
import { claim, enqueueMany, giveBack } from "../../lib/jobs/mod.ts";
import { say } from "../../cli/output.ts";
import { quantile, round } from "../measure.ts";
import { openEngine, plain } from "./engine.ts";

const [few = 1000, many = 1_000_000] = Deno.args.map(Number);
const WORKSPACES = 200;
const CLAIMS = 300;

await using engine = await openEngine();
const { system } = engine;

async function fill(count: number): Promise<void> {
  const each = Math.ceil(count / WORKSPACES);
  for (let ws = 0; ws < WORKSPACES; ws++) {
    const ctx = system.as({ workspaceId: `wsp_${ws}` });
    for (let first = 0; first < each; first += 5000) {
      const items = Array.from({ length: Math.min(5000, each - first) }, (_, n) => ({ payload: { n } }));
      await ctx.transact((tx) => enqueueMany(tx, plain, items));
    }
  }
}

async function cost(): Promise<number> {
  const times: number[] = [];
  for (let n = 0; n < CLAIMS; n++) {
    const from = performance.now();
    const runs = await claim(system, { lane: "default", limit: 32, worker: "w" });
    times.push(performance.now() - from);
    await giveBack(system, runs);
  }
  return quantile(times.sort((a, b) => a - b), 0.5);
}

await fill(few);
await cost();
const small = await cost();
await fill(many - few);
await cost();
const large = await cost();
say(JSON.stringify({
  claim_ms_few: round(small),
  claim_ms_many: round(large),
  ratio: round(large / small),
  waiting: [few, many],
}));
