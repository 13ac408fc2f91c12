/**
 * `deno task cauce <noun> <verb> [flags]`: every tool as a command, beside a few that are more than a tool.
 * Works on the running server's database, or on the file when none runs.
 */
import type { Host } from "../compose.ts";
import { openHost } from "../compose.ts";
import { onStray } from "../lib/adapters/environment/strays.ts";
import { systemActor } from "../lib/kernel/actors.ts";
import { TOOLS } from "../lib/tools/mod.ts";
import { COMMANDS } from "./commands/mod.ts";
import type { Surroundings } from "./command.ts";
import { explain } from "./explain.ts";
import { flagHelp, flagsOf, readFlags } from "./flags.ts";
import { complain, readable, say } from "./output.ts";
import { workspaceOf } from "./workspace.ts";

const GLOBAL = `Flags of every command: --json, --workspace <id or slug> (default "default"), --help`;

function overview(noun?: string): string {
  const tools = TOOLS.filter(({ name }) => noun === undefined || name.startsWith(`${noun}.`));
  const commands = COMMANDS.filter(({ name }) => noun === undefined || name === noun);
  const lines = [
    ...commands.map(({ usage, summary }) => [usage, summary] as const),
    ...tools.map(({ name, summary }) => [name.replace(".", " "), summary] as const),
  ].map(([use, summary]) => `  ${use.padEnd(34)} ${summary}`);
  return `deno task cauce <noun> <verb> [flags]\n\n${lines.join("\n")}\n\n${GLOBAL}`;
}

async function runTool(
  name: string,
  { args, json, open, workspace }: Surroundings & { args: readonly string[] },
) {
  const tool = TOOLS.find((one) => one.name === name);
  if (tool === undefined) return undefined;
  const flags = flagsOf(tool.input);
  if (args.includes("--help")) {
    say(
      `${tool.summary}\n\ndeno task cauce ${name.replace(".", " ")} [flags]\n${flagHelp(flags)}\n\n${GLOBAL}`,
    );
    return 0;
  }
  const input = readFlags(flags, args);
  const { context } = await open();
  const workspaceId = await workspaceOf(context, workspace);
  const result = await tool.call(context.as({ actor: systemActor("cli"), workspaceId }), input);
  say(json ? JSON.stringify(result, null, 2) : readable(result));
  return 0;
}

async function main({ rest, json, workspace }: Given): Promise<number> {
  let host: Host | undefined;
  const open = async () => host ??= await openHost({ service: "cli" });
  try {
    return await dispatch(rest, { json, workspace, open });
  } finally {
    await host?.close();
  }
}

async function dispatch(rest: readonly string[], surroundings: Surroundings): Promise<number> {
  const [noun, verb] = rest;
  if (noun === undefined || noun === "--help" || noun === "help") {
    say(overview());
    return 0;
  }
  const command = COMMANDS.find(({ name }) => name === noun);
  const isTool = TOOLS.some(({ name }) => name === `${noun}.${verb}`);
  if (command !== undefined && !isTool) {
    if (rest.includes("--help")) {
      say(`${command.summary}\n\ndeno task cauce ${command.usage}`);
      return 0;
    }
    return await command.run(rest.slice(1), surroundings);
  }
  const code = await runTool(`${noun}.${verb ?? ""}`, { ...surroundings, args: rest.slice(2) });
  if (code !== undefined) return code;
  const known = TOOLS.some(({ name }) => name.startsWith(`${noun}.`));
  if (known && (verb === undefined || verb === "--help")) {
    say(overview(noun));
    return 0;
  }
  const meant = known ? `${noun} ${verb}` : noun;
  complain(`${overview(known ? noun : undefined)}\n\nThere is no "${meant}"`);
  return 2;
}

interface Given {
  readonly rest: readonly string[];
  readonly json: boolean;
  readonly workspace: string;
}

function takeGlobals(args: readonly string[]): Given {
  const rest: string[] = [];
  let json = false;
  let workspace = "default";
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? "";
    if (arg === "--json") json = true;
    else if (arg === "--workspace") workspace = args[++i] ?? workspace;
    else if (arg.startsWith("--workspace=")) workspace = arg.slice("--workspace=".length);
    else rest.push(arg);
  }
  return { rest, json, workspace };
}

if (import.meta.main) {
  const given = takeGlobals(Deno.args);
  const fail = (thrown: unknown): never => {
    complain(explain(thrown, given.json));
    Deno.exit(1);
  };
  onStray(({ error }) => fail(error));
  await main(given).then((code) => Deno.exit(code), fail);
}
