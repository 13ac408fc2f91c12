import type { PureFunction } from "../kernel/define-function.ts";
import { hashFunctions } from "./hash.ts";
import { jsonFunctions } from "./json.ts";
import { mathFunctions } from "./math.ts";
import { textFunctions } from "./text.ts";

/** What threads and child processes can run: no function here needs more than its arguments. */
export const PURE_FUNCTIONS: readonly PureFunction[] = [
  ...mathFunctions,
  ...textFunctions,
  ...jsonFunctions,
  ...hashFunctions,
];
