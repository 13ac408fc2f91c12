import { loadHostConfig } from "../../compose.ts";
import { scheduleSweep } from "../../lib/adapters/waker/qstash.ts";
import type { Command } from "../command.ts";
import { complain, say } from "../output.ts";

export const qstash: Command = {
  name: "qstash",
  summary: "Have QStash wake the sweeper of PUBLIC_URL every five minutes; once for each deployment",
  usage: "qstash",
  async run() {
    const { config } = await loadHostConfig();
    if (config.qstash === null) {
      complain("QStash is not configured: set QSTASH_TOKEN, its two signing keys and PUBLIC_URL");
      return 1;
    }
    await scheduleSweep(config.qstash);
    say(`QStash wakes the sweeper of ${config.qstash.publicUrl} every five minutes`);
    return 0;
  },
};
