import type { Ctx } from "../context.ts";
import { SECOND } from "../kernel/clock.ts";
import { AppError } from "../kernel/errors.ts";
import type { Database } from "../ports/db.ts";
import { writeProbe } from "./store.ts";

/** However often health is asked for, by whomever, the storage is written to once in this time. */
const EVERY_MS = 5 * SECOND;
const TIMEOUT_MS = 1500;

export interface StorageState {
  readonly state: "up" | "degraded";
  readonly detail?: string;
}

interface Probed {
  readonly at: number;
  readonly outcome: Promise<StorageState>;
}

const last = new WeakMap<Database, Probed>();

/** Whether a commit gets through: a full disk answers every read and takes no write. Throws why not. */
export function probeStorage(ctx: Ctx): Promise<StorageState> {
  const { database } = ctx.ports;
  const known = last.get(database);
  const now = performance.now();
  if (known !== undefined && now - known.at < EVERY_MS) return known.outcome;
  const outcome = commitOne(ctx);
  outcome.catch(() => {});
  last.set(database, { at: now, outcome });
  return outcome;
}

/** A writer that is long at work, as a migration is, makes others wait and is no reason to send them elsewhere. */
async function commitOne(ctx: Ctx): Promise<StorageState> {
  const slow: StorageState = { state: "degraded", detail: "Another writer is long at work" };
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<StorageState>((resolve) => timer = setTimeout(() => resolve(slow), TIMEOUT_MS));
  const write = ctx.transact((tx) => writeProbe(tx, ctx.requestId)).then(
    (): StorageState => ({ state: "up" }),
    (thrown) => {
      if (thrown instanceof AppError && thrown.code === "busy") return slow;
      throw thrown;
    },
  );
  try {
    return await Promise.race([write, late]);
  } finally {
    clearTimeout(timer);
  }
}
