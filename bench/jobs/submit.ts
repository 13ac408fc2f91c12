/**
 * Tasks handed in 10,000 at a time: by the verb, orders parsed, and over HTTP with all that a request costs; and one
 * by one over HTTP. All of it durable before the answer. Prints one line of JSON. Argument: batches (5).
 */
import { say } from "../../cli/output.ts";
import { FUNCTIONS } from "../../lib/functions/mod.ts";
import { catalogueOf } from "../../lib/ports/functions.ts";
import { submitTasks } from "../../lib/tasks/mod.ts";
import { quantile, round } from "../measure.ts";
import { signIn, startServer } from "../server.ts";
import { openEngine } from "./engine.ts";

const [batches = 5] = Deno.args.map(Number);
const BATCH = 10_000;
const SINGLES = 500;
const numbers = Array.from({ length: BATCH }, (_, n) => n);

const median = (values: readonly number[]) => quantile([...values].sort((a, b) => a - b), 0.5);
const perSecond = (ms: readonly number[]) => Math.round(BATCH / median(ms) * 1000);

/** Milliseconds of each call but the first, which warms up. */
async function timed(times: number, call: () => Promise<unknown>): Promise<number[]> {
  const ms: number[] = [];
  for (let n = 0; n <= times; n++) {
    const from = performance.now();
    await call();
    if (n > 0) ms.push(performance.now() - from);
  }
  return ms;
}

async function byVerb(): Promise<number[]> {
  await using engine = await openEngine({ functions: catalogueOf(FUNCTIONS) });
  const tasks = numbers.map((n) => ({ functionName: "math.sqrt", args: [n] }));
  return await timed(batches, () => submitTasks(engine.ctx, { tasks }));
}

async function overHttp() {
  // Nothing of it runs meanwhile: what is measured is the handing in.
  const server = await startServer({ LANES: "maintenance" });
  try {
    const token = await signIn(server.url);
    const post = async (path: string, body: string) => {
      const answer = await fetch(`${server.url}/api/high-scale-tasks/${path}`, {
        method: "POST",
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        body,
      });
      const text = await answer.text();
      if (answer.status !== 202) throw new Error(`${path}: ${answer.status} ${text.slice(0, 300)}`);
    };
    const batch = JSON.stringify({
      tasks: numbers.map((n) => ({ function_name: "math.sqrt", args: [n] })),
    });
    const one = JSON.stringify({ function_name: "math.sqrt", args: [16], worker_type: "CPU_INTENSIVE" });
    return {
      inBatches: await timed(batches, () => post("batch", batch)),
      alone: (await timed(SINGLES, () => post("submit", one))).sort((a, b) => a - b),
    };
  } finally {
    await server.stop();
  }
}

const verb = await byVerb();
const { inBatches, alone } = await overHttp();
say(JSON.stringify({
  submit_per_s: perSecond(verb),
  submit_http_per_s: perSecond(inBatches),
  submit_one_http_p50_ms: round(quantile(alone, 0.5)),
  submit_one_http_p99_ms: round(quantile(alone, 0.99)),
}));
