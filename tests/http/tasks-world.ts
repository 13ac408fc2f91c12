import assert from "node:assert/strict";
import { z } from "zod";
import type { Ctx } from "../../lib/context.ts";
import { defineFunction, definePure } from "../../lib/kernel/define-function.ts";
import { AppError } from "../../lib/kernel/errors.ts";
import { RetryAfter } from "../../lib/kernel/retry.ts";
import type { Answer, Harness, Person } from "../support/harness.ts";
import { withFunctions } from "../support/tasks.ts";

/** Where tasks are asked for. */
export const BASE = "/api/high-scale-tasks";

/** Whether `test.flaky` fails. */
export const luck = { failing: true };

let calls = 0;
const gates = new Map<string, PromiseWithResolvers<string>>();

/** What a test waits for, or lets a task wait for, by its name. */
export const gate = (name: string) => {
  let one = gates.get(name);
  if (one === undefined) gates.set(name, one = Promise.withResolvers<string>());
  return one;
};

/** Tasks that fail, wait, are busy, tell and refuse, beside those of the product. */
export const more = withFunctions([
  defineFunction<Ctx, z.ZodTuple<[z.ZodNumber]>, z.ZodNumber>({
    name: "test.flaky",
    summary: "Fails as long as it is told to",
    workerType: "IO_INTENSIVE",
    args: z.tuple([z.number()]),
    result: z.number(),
    examples: [{ args: [1] }],
    backoff: { baseMs: 1000, maxMs: 1000 },
    run: ([n]) =>
      luck.failing ? Promise.reject(new AppError("upstream_failed", "no luck")) : Promise.resolve(n * 2),
  }),
  defineFunction<Ctx, z.ZodTuple<[z.ZodString]>, z.ZodString>({
    name: "test.wait",
    summary: "Runs until its gate opens or it is aborted",
    workerType: "IO_INTENSIVE",
    args: z.tuple([z.string()]),
    result: z.string(),
    examples: [{ args: ["a"] }],
    run: ([name], { signal, progress }) => {
      progress(25, "waiting");
      signal.addEventListener("abort", () => gate(`${name} aborted`).resolve(String(signal.reason)));
      gate(`${name} runs`).resolve("");
      return gate(name).promise;
    },
  }),
  defineFunction<Ctx, z.ZodTuple<[]>, z.ZodNumber>({
    name: "test.busy",
    summary: "Has no room, whenever it is called",
    workerType: "IO_INTENSIVE",
    args: z.tuple([]),
    result: z.number(),
    examples: [{ args: [] }],
    run: () => Promise.reject(new RetryAfter(500, `no room at call ${++calls}`)),
  }),
  definePure({
    name: "test.tells",
    summary: "Tells how far it is and is there at once",
    workerType: "GENERAL_PURPOSE",
    args: z.tuple([]),
    result: z.null(),
    examples: [{ args: [] }],
    run: (_args, { progress }) => {
      for (const percent of [10, 60, 100]) progress(percent, `${percent} of 100`);
      return null;
    },
  }),
  definePure({
    name: "test.refuse",
    summary: "Always refuses",
    workerType: "GENERAL_PURPOSE",
    args: z.array(z.unknown()),
    result: z.number(),
    examples: [{ args: [] }],
    run: () => {
      throw new AppError("validation_failed", "never");
    },
  }),
]);

class Desk {
  constructor(readonly h: Harness, readonly person: Person) {}
  call(method: string, path: string, body?: unknown): Promise<Answer> {
    return this.h.request(method, `${BASE}${path}`, { token: this.person.token, body });
  }
  async submit(function_name: string, args: unknown, given: object = {}): Promise<string> {
    const { status, body } = await this.call("POST", "/submit", { function_name, args, ...given });
    assert.equal(status, 202, JSON.stringify(body));
    return body.task_id;
  }
  async task(id: string): Promise<Answer["body"]> {
    return (await this.call("GET", `/tasks/${id}`)).body;
  }
}

/** Tasks as a person asks for them. */
export const open = (h: Harness, person: Person) => new Desk(h, person);
