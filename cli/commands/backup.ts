import { createBackup, toBackupDto } from "../../lib/ops/mod.ts";
import type { Command } from "../command.ts";
import { readable, say } from "../output.ts";

export const backup: Command = {
  name: "backup",
  summary: "A whole copy of database and attachments, also while the server runs",
  usage: "backup",
  async run(_args, { json, open }) {
    const host = await open();
    const made = toBackupDto(await createBackup(host.context, { reason: "manual" }));
    say(json ? JSON.stringify(made, null, 2) : readable(made));
    return 0;
  },
};
