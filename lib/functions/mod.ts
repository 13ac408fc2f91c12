import type { Ctx } from "../context.ts";
import type { TaskFunction } from "../kernel/define-function.ts";
import { PURE_FUNCTIONS } from "./pure.ts";
import { taskFunctions } from "./task.ts";

/** The one registry of what tasks can call. A domain adds its functions by a line here. */
export const FUNCTIONS: readonly TaskFunction<Ctx>[] = [
  ...PURE_FUNCTIONS,
  ...taskFunctions,
];
