import { seedSample } from "../../lib/knowledge/mod.ts";
import type { Command } from "../command.ts";
import { say } from "../output.ts";
import { workspaceOf } from "../workspace.ts";

export const seed: Command = {
  name: "seed",
  summary: "Put the sample business into the workspace, unless it is there",
  usage: "seed",
  async run(_args, { open, workspace }) {
    const { context } = await open();
    const added = await seedSample(context.as({ workspaceId: await workspaceOf(context, workspace) }));
    say(added === 0 ? "The sample is there already" : `${added} entries of a sample business were added`);
    return 0;
  },
};
