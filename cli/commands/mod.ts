import type { Command } from "../command.ts";
import { backup } from "./backup.ts";
import { chat } from "./chat.ts";
import { doctor } from "./doctor.ts";
import { health } from "./health.ts";
import { logs } from "./logs.ts";
import { migrate } from "./migrate.ts";
import { reset } from "./reset.ts";
import { restore } from "./restore.ts";
import { seed } from "./seed.ts";
import { setup } from "./setup.ts";

/** What is more than one tool. */
export const COMMANDS: readonly Command[] = [
  setup,
  chat,
  health,
  doctor,
  logs,
  backup,
  restore,
  migrate,
  seed,
  reset,
];
