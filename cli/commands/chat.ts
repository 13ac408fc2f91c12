import process from "node:process";
import { createInterface } from "node:readline";
import { ensureAccount, listMessages, receiveMessage } from "../../lib/conversations/mod.ts";
import { createRegistry } from "../../lib/jobs/mod.ts";
import type { Ctx } from "../../lib/context.ts";
import { newId } from "../../lib/kernel/ids.ts";
import { handlers } from "../../workers/registry.ts";
import { createRunner } from "../../workers/runner.ts";
import type { Host } from "../../compose.ts";
import type { Command } from "../command.ts";
import { say } from "../output.ts";
import { workspaceOf } from "../workspace.ts";

const POLL_MS = 150;
/** Longer than any chain of models may take. */
const PATIENCE_MS = 60_000;

export const chat: Command = {
  name: "chat",
  summary: "Talk to the bot in the terminal, as a customer does; works without a server too",
  usage: "chat [--as <name>]",
  async run(args, { open, workspace }) {
    const host = await open();
    const ctx = host.context.as({ workspaceId: await workspaceOf(host.context, workspace) });
    const name = args[0] === "--as" ? args[1] ?? "console" : "console";
    const runner = host.database.kind === "file" ? await runHere(host) : null;
    const account = await ensureAccount(ctx, "console");
    say("Write a message; an empty line or Ctrl-D ends.");
    for await (const line of createInterface({ input: process.stdin, terminal: false })) {
      if (line.trim() === "") break;
      const { conversationId, messageId } = await receiveMessage(ctx, {
        channelAccountId: account.id,
        contact: { identities: [{ kind: "external", value: `console:${name}` }], name },
        externalId: newId("message"),
        kind: "text",
        text: line,
      });
      for (const answer of await answers(ctx, { conversationId, after: messageId })) say(`> ${answer}`);
    }
    await runner?.stop(5000);
    return 0;
  },
};

async function runHere(host: Host) {
  const runner = createRunner({
    context: host.context,
    registry: createRegistry(handlers),
    lanes: { interactive: 4, default: 2 },
  });
  host.ports.waker.onWake((lane, jobIds, dueAt) => runner.wake(lane, jobIds, dueAt));
  await runner.start();
  return runner;
}

/** The texts that were sent to the customer after a message, once there is at least one. */
async function answers(
  ctx: Ctx,
  { conversationId, after }: { conversationId: string; after: string },
): Promise<string[]> {
  for (let waited = 0; waited < PATIENCE_MS; waited += POLL_MS) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    const { data } = await listMessages(ctx, { conversationId, after, limit: 50 });
    const sent = data.filter(({ direction }) => direction === "out").map(({ text }) => text);
    if (sent.length > 0) return sent;
  }
  return ["(no answer yet: a person may be answering; see /inbox)"];
}
