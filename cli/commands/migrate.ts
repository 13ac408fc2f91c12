import type { Command } from "../command.ts";
import { say } from "../output.ts";

export const migrate: Command = {
  name: "migrate",
  summary: "Bring the database to this release (start does it by itself); a backup is made first",
  usage: "migrate",
  async run(_args, { open }) {
    const { config, database } = await open();
    const through = config.database.kind === "file" && database.kind === "remote";
    say(
      through
        ? "A server owns the database and has migrated it to its own release"
        : "The database is at this release",
    );
    return 0;
  },
};
