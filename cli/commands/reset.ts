import { join } from "node:path";
import { claimFile } from "../../lib/adapters/db/ownership.ts";
import { AppError } from "../../lib/kernel/errors.ts";
import { loadHostConfig } from "../../compose.ts";
import type { Command } from "../command.ts";
import { say } from "../output.ts";

/** What a reset takes; backups, logs and secrets stay. */
const TAKEN = ["cache", "blobs"];

export const reset: Command = {
  name: "reset",
  summary: "Start over with an empty database; the old one is kept aside. The server must be stopped",
  usage: "reset --yes",
  async run(args) {
    const { config } = await loadHostConfig();
    if (config.env === "production") {
      throw new AppError("forbidden", "There is no reset in production; restore a backup in place of it");
    }
    if (config.database.kind === "remote") {
      throw new AppError("not_configured", "The database is remote: reset it where it lives");
    }
    if (!args.includes("--yes")) {
      throw new AppError("bad_request", "This takes every conversation away; say: reset --yes");
    }
    const ownership = await claimFile(config.database.path);
    const aside = join(config.data.folder, `reset-${new Date().toISOString().replaceAll(":", "-")}`);
    try {
      await Deno.mkdir(aside, { recursive: true, mode: 0o700 });
      for (const end of ["", "-wal", "-shm"]) {
        await move(`${ownership.path}${end}`, join(aside, `cauce.db${end}`));
      }
      for (const name of TAKEN) await move(join(config.data.folder, name), join(aside, name));
    } finally {
      ownership.release();
    }
    say(`The database is empty at the next start; the old one is in ${aside}`);
    return 0;
  },
};

async function move(from: string, to: string): Promise<void> {
  try {
    await Deno.rename(from, to);
  } catch (thrown) {
    if (!(thrown instanceof Deno.errors.NotFound)) throw thrown;
  }
}
