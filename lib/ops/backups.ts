import { audit } from "../audit/mod.ts";
import type { Ctx } from "../context.ts";
import { requireScope } from "../kernel/actors.ts";
import { AppError } from "../kernel/errors.ts";
import { sleep } from "../kernel/retry.ts";
import { enqueue, getJob, JOB_STATE } from "../jobs/mod.ts";
import type { Backup, BackupReason } from "../ports/backups.ts";
import { requestedBackup } from "./jobs.ts";

const LOOK_EVERY_MS = 100;

/** Asks the owner of the database for a backup and waits for it. Throws AppError `internal` with the owner's reason. */
async function requestBackup(ctx: Ctx, { reason }: { reason: BackupReason }): Promise<Backup> {
  const before = new Set((await ctx.ports.backups.list()).map(({ id }) => id));
  const id = await ctx.as({ workspaceId: null }).transact((tx) => enqueue(tx, requestedBackup, { reason }));
  for (;;) {
    const job = await getJob(ctx, { id, platform: true });
    if (job.state === JOB_STATE.done) break;
    if (job.state > JOB_STATE.done) {
      throw new AppError(
        "internal",
        `The owner of the database made no backup: ${job.lastError ?? "cancelled"}`,
      );
    }
    await sleep(LOOK_EVERY_MS, ctx.signal ?? undefined);
  }
  const made = (await ctx.ports.backups.list()).find((backup) =>
    !before.has(backup.id) && backup.reason === reason
  );
  if (made === undefined) {
    throw new AppError("internal", "The owner of the database keeps its backups elsewhere");
  }
  return made;
}

/** Makes a backup now, then deletes the oldest of its kind past `BACKUP_KEEP`. */
export async function createBackup(ctx: Ctx, { reason }: { reason: BackupReason }): Promise<Backup> {
  requireScope(ctx, "platform:write");
  const { backups } = ctx.ports;
  if (backups.byOwner) return await requestBackup(ctx, { reason });
  const backup = await backups.create({ reason, at: ctx.now() });
  const deleted = await backups.prune({ reason, keep: ctx.config.data.backupKeep });
  const detail = { reason, bytes: backup.database.bytes, sha256: backup.database.sha256, deleted };
  await ctx.transact((tx) =>
    audit(tx, { action: "backup.create", subjectId: backup.id, detail, workspaceId: null })
  );
  return backup;
}

/** Whole backups, newest first. */
export async function listBackups(ctx: Ctx): Promise<readonly Backup[]> {
  requireScope(ctx, "platform:read");
  return await ctx.ports.backups.list();
}
