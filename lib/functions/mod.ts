import type { Ctx } from "../context.ts";
import type { TaskFunction } from "../kernel/define-function.ts";
import { TOOLS } from "../tools/mod.ts";
import { aiFunctions } from "./ai.ts";
import { fileFunctions } from "./file.ts";
import { httpFunctions } from "./http.ts";
import { PURE_FUNCTIONS } from "./pure.ts";
import { reportFunctions } from "./report.ts";
import { taskFunctions } from "./task.ts";
import { toolFunction } from "./tools.ts";

/** The one registry of what tasks can call, every tool that keeps no secret among it. A domain adds its functions by a line here. */
export const FUNCTIONS: readonly TaskFunction<Ctx>[] = [
  ...PURE_FUNCTIONS,
  ...taskFunctions,
  ...httpFunctions,
  ...fileFunctions,
  ...aiFunctions,
  ...reportFunctions,
  ...TOOLS.filter(({ secret }) => secret !== true).map(toolFunction),
];
