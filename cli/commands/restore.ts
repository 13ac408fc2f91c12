import { join } from "node:path";
import { createFolderBackups } from "../../lib/adapters/backups/folder.ts";
import { restoreBackup } from "../../lib/adapters/backups/restore.ts";
import { AppError } from "../../lib/kernel/errors.ts";
import { loadHostConfig } from "../../compose.ts";
import type { Command } from "../command.ts";
import { readable, say } from "../output.ts";

export const restore: Command = {
  name: "restore",
  summary: "Put a backup in the place of the database; the server must be stopped",
  usage: "restore <backup id | latest>",
  async run([given], { json }) {
    const { config } = await loadHostConfig();
    if (config.database.kind === "remote") {
      throw new AppError("not_configured", "The database is remote: its provider restores it");
    }
    const folder = join(config.data.folder, "backups");
    if (given === undefined) {
      throw new AppError("bad_request", "Name a backup (see: deno task cauce backup list), or say latest");
    }
    const id = given === "latest" ? await newest(folder) : given;
    if (id === undefined) throw new AppError("not_found", `There is no backup in ${folder} yet`);
    const { backup, aside, blobs } = await restoreBackup({
      folder,
      id,
      database: config.database.path,
      blobs: config.s3 === null ? join(config.data.folder, "blobs") : null,
      at: Date.now(),
    });
    const result = {
      restored: backup.id,
      made_at: new Date(backup.createdAt).toISOString(),
      blobs,
      replaced_file_kept_at: aside,
    };
    say(json ? JSON.stringify(result, null, 2) : readable(result));
    return 0;
  },
};

async function newest(folder: string): Promise<string | undefined> {
  const noSnapshot = () => Promise.reject(new Error("restoring takes no snapshot"));
  const backups = createFolderBackups({ folder, snapshot: noSnapshot, blobs: null, version: "" });
  return (await backups.list())[0]?.id;
}
