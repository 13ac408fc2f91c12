import { join } from "node:path";
import { z } from "zod";
import { AppError } from "../../kernel/errors.ts";
import { type Backup, BACKUP_REASONS } from "../../ports/backups.ts";

/** Names inside a backup's folder. */
export const FILES = {
  database: "cauce.db",
  blobs: "blobs",
  blobIndex: "blobs.json",
  manifest: "manifest.json",
} as const;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const size = z.number().int().min(0);

const manifestSchema = z.object({
  format: z.literal(1),
  id: z.string(),
  reason: z.enum(BACKUP_REASONS),
  created_at: z.iso.datetime(),
  version: z.string(),
  database: z.object({ bytes: size, sha256 }),
  /** `sha256` is that of the index, which holds the one of each blob. */
  blobs: z.object({ count: size, bytes: size, sha256 }).nullable(),
});
export type Manifest = z.output<typeof manifestSchema>;

const blobIndexSchema = z.array(z.object({ key: z.string(), bytes: size, sha256, modified: z.number() }));
export type BlobIndex = z.output<typeof blobIndexSchema>;

export function toBackup(manifest: Manifest): Backup {
  const { id, reason, version, database, blobs } = manifest;
  return {
    id,
    reason,
    version,
    database,
    createdAt: Date.parse(manifest.created_at),
    blobs: blobs === null ? null : { count: blobs.count, bytes: blobs.bytes },
  };
}

/** Throws AppError `internal` when the folder holds no whole backup. */
export async function readManifest(folder: string): Promise<Manifest> {
  return await readJson(join(folder, FILES.manifest), manifestSchema);
}

export async function readBlobIndex(folder: string): Promise<BlobIndex> {
  return await readJson(join(folder, FILES.blobIndex), blobIndexSchema);
}

async function readJson<T>(path: string, schema: z.ZodType<T>): Promise<T> {
  try {
    return schema.parse(JSON.parse(await Deno.readTextFile(path)));
  } catch (cause) {
    throw new AppError("internal", `${path} is missing or damaged: this is not a whole backup`, { cause });
  }
}
