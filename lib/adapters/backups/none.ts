import { AppError } from "../../kernel/errors.ts";
import type { Backups } from "../../ports/backups.ts";

/** For a remote database, whose provider keeps backups. */
export function createNoBackups(): Backups {
  return {
    configured: false,
    byOwner: false,
    create: () =>
      Promise.reject(
        new AppError("not_configured", "The database is remote: its provider makes and restores the backups"),
      ),
    list: () => Promise.resolve([]),
    prune: () => Promise.resolve([]),
  };
}
