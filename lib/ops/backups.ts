import { audit } from "../audit/mod.ts";
import type { Ctx } from "../context.ts";
import { requireScope } from "../kernel/actors.ts";
import type { Backup, BackupReason } from "../ports/backups.ts";

/** Makes a backup now, then deletes the oldest of its kind past `BACKUP_KEEP`. */
export async function createBackup(ctx: Ctx, { reason }: { reason: BackupReason }): Promise<Backup> {
  requireScope(ctx, "platform:write");
  const { backups } = ctx.ports;
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
