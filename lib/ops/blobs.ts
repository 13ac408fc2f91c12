import type { Ctx } from "../context.ts";
import { enqueueLate } from "../jobs/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { DAY } from "../kernel/clock.ts";
import { AppError } from "../kernel/errors.ts";
import { sweepBlobsJob } from "./jobs.ts";
import { selectNamedBlobs, selectWorkspaces } from "./store.ts";

/** Kinds of blob (the key's second part) whose rows are written soon after them. Others are never swept. */
const SWEPT: ReadonlySet<string> = new Set(["attachments", "reports", "tasks"]);
/** A blob without a row is younger than this while its request or job may still write the row. */
const MIN_AGE_MS = DAY;
/** Blobs of one run. */
const PAGE = 1000;

export interface BlobSweep {
  readonly seen: number;
  readonly deleted: number;
}

/**
 * Deletes blobs that no row names, as a crash between a file and its row leaves them: one page of the store, then a
 * job for the next. A blob goes only when it is older than a day, so none is taken from whoever is about to name it.
 */
export async function sweepBlobs(ctx: Ctx, { after }: { after: string | null }): Promise<BlobSweep> {
  requireScope(ctx, "platform:write");
  const before = ctx.now() - MIN_AGE_MS;
  const old: string[] = [];
  let seen = 0;
  let last = after;
  if (!await hasStore(ctx)) return { seen, deleted: 0 };
  for await (const { key, modifiedAt } of ctx.ports.blobs.list("", { after: after ?? undefined })) {
    ctx.signal?.throwIfAborted();
    if (SWEPT.has(key.split("/")[1] ?? "") && modifiedAt < before) old.push(key);
    last = key;
    if (++seen === PAGE) break;
  }
  const orphans = await orphansOf(ctx, old);
  for (const key of orphans) {
    ctx.signal?.throwIfAborted();
    await ctx.ports.blobs.delete(key);
  }
  if (seen === PAGE) await ctx.transact((tx) => enqueueLate(tx, sweepBlobsJob, { after: last }));
  return { seen, deleted: orphans.length };
}

/** Of workspaces of this database only: files beside another database are not its to judge. */
async function orphansOf(ctx: Ctx, keys: readonly string[]): Promise<string[]> {
  const [named, workspaces] = await Promise.all([
    selectNamedBlobs(ctx, keys),
    selectWorkspaces(ctx, [...new Set(keys.map(workspaceOf))]),
  ]);
  return keys.filter((key) => !named.has(key) && workspaces.has(workspaceOf(key)));
}

function workspaceOf(key: string): string {
  return key.split("/")[0] ?? "";
}

async function hasStore(ctx: Ctx): Promise<boolean> {
  try {
    await ctx.ports.blobs.get("none");
    return true;
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.code === "not_at_the_edge") return false;
    throw thrown;
  }
}
