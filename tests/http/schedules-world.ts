import assert from "node:assert/strict";
import { claim, createRegistry, execute, listJobs, sweep } from "../../lib/jobs/mod.ts";
import { tickTaskSchedules } from "../../lib/schedules/mod.ts";
import { handlers } from "../../workers/registry.ts";
import { type Harness, harness, type Person } from "../support/harness.ts";

export const PATH = "/api/schedules";
export const ROOT = { function_name: "math.sqrt", args: [16] };
export const HOUR = 3_600_000;

/** Somebody who makes schedules, and the clock that they tick by. */
export async function open(env: Record<string, string> = {}) {
  const h = await harness({ env });
  const owner = await h.person();
  const call = async (method: string, path: string, body?: unknown, token = owner.token) =>
    await h.request(method, path, { token, ...(body === undefined ? {} : { body }) });
  const make = async (body: Record<string, unknown>) => {
    const made = await call("POST", PATH, { name: "roots", ...ROOT, ...body });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    return made.body;
  };
  return {
    h,
    owner,
    call,
    make,
    ticks: async (id: string) => (await call("GET", `${PATH}/${id}/ticks`)).body.data,
    tick: async (ms: number) => {
      h.clock.advance(ms);
      await tickTaskSchedules(h.system);
    },
    [Symbol.asyncDispose]: () => h[Symbol.asyncDispose](),
  };
}

/** What became of ticks. */
export const outcomes = (ticks: { outcome: string }[]) => ticks.map(({ outcome }) => outcome);

/** Runs every task that is ready, as a worker does. */
export async function work(h: Harness): Promise<void> {
  const registry = createRegistry(handlers);
  await sweep(h.system);
  for (const lane of ["cpu", "io", "memory", "network", "general"] as const) {
    for (const job of await claim(h.system, { lane, limit: 50, worker: "w" })) {
      const result = await execute(h.system, { job, registry, signal: new AbortController().signal });
      assert.equal(result.kind, "done", JSON.stringify(result));
    }
  }
}

/** The tasks of a workspace. */
export const tasksOf = async ({ ctx }: Person) =>
  (await listJobs(ctx, { limit: 200 })).data.filter(({ id }) => id.startsWith("tsk_"));
