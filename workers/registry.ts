import type { JobHandler } from "../lib/jobs/mod.ts";
import { opsHandlers } from "./handlers/ops.ts";

/** Every handler that runs where there is a disk; `createRegistry` of lib/jobs makes the registry of them. */
export const handlers: readonly JobHandler[] = [
  ...opsHandlers,
];
