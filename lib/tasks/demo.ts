import type { Ctx } from "../context.ts";
import { requireScope } from "../kernel/actors.ts";
import { type Batch, submitTasks } from "./batch.ts";
import type { TaskOrder } from "./submit.ts";

/** One of each kind of worker, so that a first look shows them all at work. */
const DEMO: readonly TaskOrder[] = [
  { functionName: "math.primes", args: [1_000_000], workerType: "CPU_INTENSIVE", priority: "HIGH" },
  { functionName: "text.words", args: ["el río y el mar y el cauce", 3], workerType: "GENERAL_PURPOSE" },
  { functionName: "math.statistics", args: [[3, 1, 4, 1, 5, 9, 2, 6]], workerType: "MEMORY_INTENSIVE" },
  { functionName: "hash.sha256", args: ["cauce"], workerType: "IO_INTENSIVE", priority: "LOW" },
  { functionName: "json.diff", args: [{ a: 1 }, { a: 2 }], workerType: "NETWORK_INTENSIVE" },
];

/** Submits `count` tasks of different kinds. */
export async function submitDemoTasks(ctx: Ctx, { count }: { count: number }): Promise<Batch> {
  requireScope(ctx, "tasks:write");
  const tasks = Array.from({ length: count }, (_, i) => DEMO[i % DEMO.length]).filter((order) =>
    order !== undefined
  );
  return await submitTasks(ctx, { tasks });
}
