/** What nobody can submit to the product: functions that try to take their worker down. */
import { z } from "zod";
import { definePure, type PureFunction } from "../../lib/kernel/define-function.ts";

const any = { args: z.array(z.unknown()), result: z.unknown(), examples: [{ args: [] }] };
const hostile = (name: string, run: (args: unknown[]) => unknown): PureFunction =>
  definePure({
    ...any,
    name: `hostile.${name}`,
    summary: name,
    workerType: "CPU_INTENSIVE",
    attempts: 1,
    run,
  });

const held: unknown[] = [];

export const HOSTILE_FUNCTIONS: readonly PureFunction[] = [
  hostile("double", ([n]) => Number(n) * 2),
  hostile("loop", () => {
    for (;;);
  }),
  hostile("recursion", function again(): unknown {
    return [again()];
  }),
  hostile("heap", () => {
    for (;;) held.push(new Array(1000).fill({ held: held.length }));
  }),
  hostile("buffers", () => {
    for (;;) held.push(new Uint8Array(16 * 1024 * 1024).fill(1));
  }),
  hostile("gigabyte", () => "x".repeat(512 * 1024 * 1024 - 100)),
  hostile("large", () => "x".repeat(9 * 1024 * 1024)),
  hostile("cycle", () => {
    const one: Record<string, unknown> = {};
    one["self"] = one;
    return one;
  }),
  hostile("bigint", () => 1n),
  hostile("function", () => ({ f: () => 1 })),
  hostile("infinity", () => 1 / 0),
  hostile("nothing", () => undefined),
  hostile("exit", () => {
    throw Object.assign(new Error("boom"), { stack: null });
  }),
];
