import { scheduleSweep } from "../../lib/adapters/waker/qstash.ts";
import { prepareFirstStart } from "../../lib/setup/mod.ts";
import type { Command } from "../command.ts";
import { say } from "../output.ts";

export const migrate: Command = {
  name: "migrate",
  summary: "Bring the database to this release (start does it by itself; a backup is made first); " +
    "give a remote one its admin and, with QStash, the schedule that wakes the sweeper",
  usage: "migrate",
  async run(_args, { open }) {
    const { config, database, context } = await open();
    const through = config.database.kind === "file" && database.kind === "remote";
    say(
      through
        ? "A server owns the database and has migrated it to its own release"
        : "The database is at this release",
    );
    // An isolate makes no first start and stays alive for no timer: both are done from here.
    if (config.database.kind === "remote") {
      const { created, password } = await prepareFirstStart(context);
      if (created) say(`The admin was made: sign in as admin, e-mail ${config.identity.adminEmail}`);
      if (password !== null) say(`Password, shown this once: ${password}`);
      if (config.qstash !== null) {
        await scheduleSweep(config.qstash);
        say("QStash wakes the sweeper every five minutes");
      }
    }
    return 0;
  },
};
