import type { Host } from "../compose.ts";

/** A command that is more than one tool: it opens what it needs itself. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  readonly usage: string;
  /** Resolves to the exit code. */
  run(args: readonly string[], surroundings: Surroundings): Promise<number>;
}

export interface Surroundings {
  readonly json: boolean;
  /** Opens the database of the running server, or the file itself. */
  open(): Promise<Host>;
  /** Id or slug that `--workspace` gave; default: `default`. */
  readonly workspace: string;
}
