import { z } from "@hono/zod-openapi";
import type { FunctionFacts } from "../../lib/kernel/define-function.ts";
import type { BatchOrder, ControlOrder, TaskOrder } from "../../lib/tasks/mod.ts";
import type { batchOrderSchema, controlSchema, functionSchema, orderSchema } from "./schemas.ts";

/** The wire's order as the verb takes it. */
export function toOrder(given: z.output<typeof orderSchema>): TaskOrder {
  const { function_name, args, worker_type, priority, run_at, delay_ms, max_attempts } = given;
  return {
    functionName: function_name,
    args,
    workerType: worker_type,
    priority,
    runAt: run_at === undefined ? undefined : Date.parse(run_at),
    delayMs: delay_ms,
    maxAttempts: max_attempts,
  };
}

export function toBatch({ tasks, then }: z.output<typeof batchOrderSchema>): BatchOrder {
  return {
    tasks: tasks.map(toOrder),
    then: then === undefined ? undefined : { ...toOrder(then), continueWhen: then.continue_when },
  };
}

export function toControl({ worker_type, ...given }: z.output<typeof controlSchema>): ControlOrder {
  return { ...given, workerType: worker_type };
}

const described = new WeakMap<FunctionFacts, z.output<typeof functionSchema>>();

/** Made once a function: turning a schema into JSON Schema is slow. */
export function toFunctionDto(facts: FunctionFacts): z.output<typeof functionSchema> {
  let dto = described.get(facts);
  if (dto !== undefined) return dto;
  dto = {
    function_name: facts.name,
    summary: facts.summary,
    worker_type: facts.workerType,
    worker_types: [...facts.workerTypes],
    scope: facts.scope,
    max_attempts: facts.attempts,
    timeout_ms: facts.timeoutMs,
    args: schemaOf(facts.args, "input"),
    result: schemaOf(facts.result, "output"),
    examples: examplesOf(facts),
  };
  described.set(facts, dto);
  return dto;
}

function schemaOf(type: z.ZodType, io: "input" | "output"): Record<string, unknown> {
  const { $schema: _dialect, ...schema } = z.toJSONSchema(type, { io, unrepresentable: "any" });
  return schema;
}

/** A function that can do without arguments is its own example. */
function examplesOf({ args, examples }: FunctionFacts) {
  if (examples.length > 0 || !args.safeParse({}).success) return examples.map((example) => ({ ...example }));
  return [{ args: {} }];
}
