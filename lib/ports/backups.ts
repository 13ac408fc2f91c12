/** Why a backup was made. Each kind keeps its own number of copies. */
export const BACKUP_REASONS = ["daily", "manual", "migration"] as const;
export type BackupReason = typeof BACKUP_REASONS[number];

export interface Backup {
  readonly id: string;
  readonly reason: BackupReason;
  /** UTC milliseconds. */
  readonly createdAt: number;
  /** Of the program that made it. */
  readonly version: string;
  readonly database: { readonly bytes: number; readonly sha256: string };
  /** null: attachments live in another store, which has backups of its own. */
  readonly blobs: { readonly count: number; readonly bytes: number } | null;
}

/** Whole copies of the database and the blobs, made while everything runs. */
export interface Backups {
  /** False: the database is remote and its provider keeps the backups; `create` throws `not_configured`. */
  readonly configured: boolean;
  /** True: another process owns the database and makes the backups. It is asked by a job; `create` refuses. */
  readonly byOwner: boolean;
  /** All or nothing. Throws AppError `conflict` while another is made, `storage_full`. */
  create(order: { readonly reason: BackupReason; readonly at: number }): Promise<Backup>;
  /** Newest first; whole ones only. */
  list(): Promise<readonly Backup[]>;
  /** Deletes the oldest of a kind past `keep`; resolves to their ids. */
  prune(rule: { readonly reason: BackupReason; readonly keep: number }): Promise<readonly string[]>;
}
