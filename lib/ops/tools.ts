import { z } from "zod";
import type { Ctx } from "../context.ts";
import { iso } from "../kernel/clock.ts";
import { defineTool, type Tool } from "../kernel/define-tool.ts";
import { type Backup, BACKUP_REASONS } from "../ports/backups.ts";
import { createBackup, listBackups } from "./backups.ts";

const backupOut = z.object({
  id: z.string(),
  reason: z.enum(BACKUP_REASONS),
  created_at: z.string(),
  version: z.string(),
  database_bytes: z.number(),
  sha256: z.string(),
  blobs: z.number().nullable(),
  blob_bytes: z.number().nullable(),
});

/** How a backup looks outside, on every surface. */
export function toBackupDto(
  { id, reason, createdAt, version, database, blobs }: Backup,
): z.output<typeof backupOut> {
  return {
    id,
    reason,
    created_at: iso(createdAt),
    version,
    database_bytes: database.bytes,
    sha256: database.sha256,
    blobs: blobs?.count ?? null,
    blob_bytes: blobs?.bytes ?? null,
  };
}

export const opsTools: readonly Tool<Ctx>[] = [
  defineTool({
    name: "backup.create",
    summary: "Make a backup of the database and the attachments now",
    scope: "platform:write",
    destructive: false,
    input: z.object({}),
    output: backupOut,
    run: async (ctx: Ctx) => toBackupDto(await createBackup(ctx, { reason: "manual" })),
  }),
  defineTool({
    name: "backup.list",
    summary: "List the backups, newest first",
    scope: "platform:read",
    destructive: false,
    input: z.object({}),
    output: z.object({ data: z.array(backupOut), next_cursor: z.null() }),
    run: async (ctx: Ctx) => ({ data: (await listBackups(ctx)).map(toBackupDto), next_cursor: null }),
  }),
];
