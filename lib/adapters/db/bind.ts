import type { InArgs, InValue } from "@libsql/client";
import { AppError } from "../../kernel/errors.ts";

/** What the native layer binds without harm: a boolean would end the process. */
export type Bound = number | string | bigint | Uint8Array | null;
export type Arguments = readonly Bound[] | Readonly<Record<string, Bound>>;

/** The native layer hands text over as a C string, so a NUL would cut it silently. */
const NUL = "\0";

/** Values as the native layer takes them. Throws for what SQLite can't store as it is. */
export function bind(args: InArgs): Arguments {
  if (Array.isArray(args)) return args.map(toBound);
  return Object.fromEntries(
    Object.entries(args).map(([name, value]) => [name.replace(/^[:@$]/, ""), toBound(value)]),
  );
}

function toBound(value: InValue): Bound {
  switch (typeof value) {
    case "string":
      if (value.includes(NUL)) {
        throw new AppError("validation_failed", "Text must not contain the NUL character");
      }
      return value;
    case "number":
      if (Number.isFinite(value)) return value;
      throw new RangeError("Only finite numbers can be stored");
    case "bigint":
      if (BigInt.asIntN(64, value) === value) return value;
      throw new RangeError("The bigint does not fit 64 bits");
    case "boolean":
      return value ? 1 : 0;
    case "object":
      if (value === null || value instanceof Uint8Array) return value;
      if (value instanceof ArrayBuffer) return new Uint8Array(value);
      if (value instanceof Date) return value.getTime();
  }
  throw new TypeError(`A value of type ${typeof value} can't be stored`);
}
