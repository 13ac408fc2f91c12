import { z } from "zod";
import { definePure, type PureFunction } from "../kernel/define-function.ts";

const number = z.number();
const numbers = z.array(z.number()).min(1).max(100_000);
const STEP = 65_536;

const summary = z.object({
  count: z.number(),
  sum: number,
  mean: number,
  median: number,
  min: number,
  max: number,
  deviation: number.describe("Standard deviation of the whole population"),
});

export const mathFunctions: readonly PureFunction[] = [
  definePure({
    name: "math.sqrt",
    summary: "The square root of a number that is not negative",
    workerType: "CPU_INTENSIVE",
    args: z.tuple([z.number().min(0)]),
    result: number,
    examples: [{ args: [16], result: 4 }],
    run: ([x]) => Math.sqrt(x),
  }),
  definePure({
    name: "math.add",
    summary: "The sum of numbers",
    workerType: "GENERAL_PURPOSE",
    args: numbers,
    result: number,
    examples: [{ args: [1, 2, 3.5], result: 6.5 }],
    run: (values) => values.reduce((sum, value) => sum + value, 0),
  }),
  definePure({
    name: "math.multiply",
    summary: "The product of numbers",
    workerType: "GENERAL_PURPOSE",
    args: numbers,
    result: number,
    examples: [{ args: [6, 7], result: 42 }],
    run: (values) => values.reduce((product, value) => product * value, 1),
  }),
  definePure({
    name: "math.power",
    summary: "A number raised to a power",
    workerType: "GENERAL_PURPOSE",
    args: z.tuple([number, number]),
    result: number,
    examples: [{ args: [2, 10], result: 1024 }],
    run: ([base, exponent]) => base ** exponent,
  }),
  definePure({
    name: "math.factorial",
    summary: "n!, exact, as a text of digits",
    workerType: "CPU_INTENSIVE",
    args: z.tuple([z.number().int().min(0).max(5000)]),
    result: z.string(),
    examples: [{ args: [20], result: "2432902008176640000" }],
    run: ([n]) => {
      let product = 1n;
      for (let i = 2n; i <= BigInt(n); i++) product *= i;
      return String(product);
    },
  }),
  definePure({
    name: "math.fibonacci",
    summary: "The nth Fibonacci number, exact, as a text of digits",
    workerType: "CPU_INTENSIVE",
    args: z.tuple([z.number().int().min(0).max(50_000)]),
    result: z.string(),
    examples: [{ args: [90], result: "2880067194370816120" }],
    run: ([n]) => {
      let [a, b] = [0n, 1n];
      for (let i = 0; i < n; i++) [a, b] = [b, a + b];
      return String(a);
    },
  }),
  definePure({
    name: "math.primes",
    summary: "How many primes there are up to a number, and the greatest of them",
    workerType: "CPU_INTENSIVE",
    args: z.tuple([z.number().int().min(2).max(50_000_000)]),
    result: z.object({ count: z.number(), greatest: z.number() }),
    examples: [{ args: [100], result: { count: 25, greatest: 97 } }],
    timeoutMs: 60_000,
    run: ([limit], { progress }) => {
      const composite = new Uint8Array(limit + 1);
      let [count, greatest] = [0, 2];
      for (let i = 2; i <= limit; i++) {
        if (i % STEP === 0) progress(i / limit * 100);
        if (composite[i] === 1) continue;
        count++;
        greatest = i;
        for (let multiple = i * i; multiple <= limit; multiple += i) composite[multiple] = 1;
      }
      return { count, greatest };
    },
  }),
  definePure({
    name: "math.statistics",
    summary: "Count, sum, mean, median, bounds and standard deviation of numbers",
    workerType: "CPU_INTENSIVE",
    args: z.tuple([numbers]),
    result: summary,
    examples: [{
      args: [[2, 4, 4, 4, 5, 5, 7, 9]],
      result: { count: 8, sum: 40, mean: 5, median: 4.5, min: 2, max: 9, deviation: 2 },
    }],
    run: ([values]) => statistics(values),
  }),
];

function statistics(values: readonly number[]): z.output<typeof summary> {
  const sorted = [...values].sort((a, b) => a - b);
  const count = sorted.length;
  const at = (index: number) => sorted[index] ?? 0;
  const sum = sorted.reduce((total, value) => total + value, 0);
  const mean = sum / count;
  const variance = sorted.reduce((total, value) => total + (value - mean) ** 2, 0) / count;
  return {
    count,
    sum,
    mean,
    median: (at(Math.floor((count - 1) / 2)) + at(Math.floor(count / 2))) / 2,
    min: at(0),
    max: at(count - 1),
    deviation: Math.sqrt(variance),
  };
}
