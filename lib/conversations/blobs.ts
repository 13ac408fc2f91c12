import type { Ctx, Tx } from "../context.ts";
import { requireScope } from "../kernel/actors.ts";
import { enqueueLate } from "../jobs/mod.ts";
import { blobsDelete } from "./jobs.ts";

const KEYS_A_JOB = 500;

/** The files go after the commit that deletes their rows, by jobs of that commit. */
export async function dropBlobs(tx: Tx, keys: readonly string[]): Promise<void> {
  for (let at = 0; at < keys.length; at += KEYS_A_JOB) {
    await enqueueLate(tx, blobsDelete, { keys: keys.slice(at, at + KEYS_A_JOB) });
  }
}

/** Deletes files whose rows are gone; a file that is not there is as good as deleted. */
export async function deleteBlobs(ctx: Ctx, { keys }: { keys: readonly string[] }): Promise<void> {
  requireScope(ctx, "contacts:write");
  for (const key of keys) await ctx.ports.blobs.delete(key);
}
