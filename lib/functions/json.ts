import { z } from "zod";
import { definePure, type PureFunction } from "../kernel/define-function.ts";
import { AppError } from "../kernel/errors.ts";

const text = z.string().max(4_000_000);
const value = z.json();
const PATH = /^(\.[A-Za-z_$][\w$]*|\[\d{1,9}\])*$/;

export const jsonFunctions: readonly PureFunction[] = [
  definePure({
    name: "json.parse",
    summary: "The value that a JSON text says",
    workerType: "CPU_INTENSIVE",
    args: z.tuple([text]),
    result: value,
    examples: [{ args: ['{"a":[1,2]}'], result: { a: [1, 2] } }],
    attempts: 1,
    run: ([given]) => {
      try {
        return value.parse(JSON.parse(given));
      } catch (cause) {
        throw new AppError("validation_failed", "The text is not JSON", { cause });
      }
    },
  }),
  definePure({
    name: "json.stringify",
    summary: "A value as JSON text, its keys in alphabetical order",
    workerType: "CPU_INTENSIVE",
    args: z.tuple([value, z.number().int().min(0).max(8).default(0)]),
    result: z.string(),
    examples: [{ args: [{ b: 1, a: 2 }, 0], result: '{"a":2,"b":1}' }],
    run: ([given, indent]) => JSON.stringify(sorted(given), null, indent),
  }),
  definePure({
    name: "json.get",
    summary: "What stands at a path such as .items[0].name, or null",
    workerType: "GENERAL_PURPOSE",
    args: z.tuple([value, z.string().max(1000).regex(PATH, "must be like .items[0].name")]),
    result: value,
    examples: [{ args: [{ items: [{ name: "Ana" }] }, ".items[0].name"], result: "Ana" }],
    run: ([given, path]) => {
      let at: z.output<typeof value> | undefined = given;
      for (const [part] of path.matchAll(/[\w$]+/g)) at = member(at, part);
      return at ?? null;
    },
  }),
  definePure({
    name: "json.diff",
    summary: "The paths at which two values differ",
    workerType: "CPU_INTENSIVE",
    args: z.tuple([value, value]),
    result: z.array(z.string()),
    examples: [{ args: [{ a: 1, b: [1] }, { a: 2, b: [1, 2] }], result: [".a", ".b[1]"] }],
    run: ([left, right]) => [...differences(left, right, "")],
  }),
];

type Value = z.output<typeof value>;
type Members = Readonly<Record<string, Value>>;

function isMembers(given: Value | undefined): given is Members {
  return typeof given === "object" && given !== null && !Array.isArray(given);
}

/** Own members only, so that no path reaches a prototype. */
function member(given: Value | undefined, name: string): Value | undefined {
  if (Array.isArray(given)) return given[Number(name)];
  return isMembers(given) && Object.hasOwn(given, name) ? given[name] : undefined;
}

function sorted(given: Value): Value {
  if (Array.isArray(given)) return given.map(sorted);
  if (!isMembers(given)) return given;
  const entries = Object.entries(given).sort(([a], [b]) => a < b ? -1 : 1);
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}

function* differences(left: Value | undefined, right: Value | undefined, path: string): Generator<string> {
  if (Array.isArray(left) && Array.isArray(right)) {
    for (let i = 0; i < Math.max(left.length, right.length); i++) {
      yield* differences(left[i], right[i], `${path}[${i}]`);
    }
  } else if (isMembers(left) && isMembers(right)) {
    for (const key of new Set([...Object.keys(left), ...Object.keys(right)])) {
      yield* differences(member(left, key), member(right, key), `${path}.${key}`);
    }
  } else if (left !== right) yield path === "" ? "." : path;
}
