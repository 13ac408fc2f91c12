import { z } from "zod";
import { systemActor } from "../../lib/kernel/actors.ts";
import { examineWhatsApp, type NumberFindings } from "../../lib/messaging/mod.ts";
import type { Command } from "../command.ts";
import { flagHelp, flagsOf, readFlags } from "../flags.ts";
import { complain, say } from "../output.ts";
import { workspaceOf } from "../workspace.ts";

const flags = flagsOf(z.object({
  send_to: z.string().optional().describe("A phone, with its country code, that gets a test message."),
  subscribe: z.boolean().optional().describe("Subscribe at Meta what is not subscribed."),
}));
const order = z.object({ send_to: z.string().optional(), subscribe: z.boolean().default(false) });

export const doctor: Command = {
  name: "doctor",
  summary:
    "What is wrong between this server and WhatsApp, and how to mend it; exits with 1 when something is",
  usage: "doctor whatsapp [--send-to <phone>]",
  async run([topic, ...args], { json, open, workspace }) {
    if (topic !== "whatsapp") {
      complain(`deno task cauce doctor whatsapp [flags]\n${flagHelp(flags)}`);
      return 2;
    }
    const { send_to, subscribe } = order.parse(readFlags(flags, args));
    const { context } = await open();
    const workspaceId = await workspaceOf(context, workspace);
    const ctx = context.as({ actor: systemActor("cli"), workspaceId });
    const found = await examineWhatsApp(ctx, { sendTo: send_to, subscribe, askLocal });
    const sick = found.some(({ findings }) => findings.some(({ state }) => state === "fail"));
    say(json ? JSON.stringify({ healthy: !sick, numbers: found }, null, 2) : report(found));
    return sick ? 1 : 0;
  },
};

/** A block a number, a line a finding, and below what is wrong how to mend it. */
function report(found: readonly NumberFindings[]): string {
  return found.map(({ name, findings }) => {
    const lines = findings.flatMap(({ state, check, message, mend }) => [
      `  ${state.padEnd(4)}  ${check.padEnd(14)}  ${message}`,
      ...(mend === null ? [] : [`        -> ${mend}`]),
    ]);
    return [name, ...lines].join("\n");
  }).join("\n\n");
}

/** Only ever called with this machine's own addresses. */
async function askLocal(url: string): Promise<{ status: number; text: string }> {
  const response = await fetch(url, { redirect: "manual", signal: AbortSignal.timeout(5000) });
  return { status: response.status, text: await response.text() };
}
