import process from "node:process";
import type { Readable, Writable } from "node:stream";
import { createInterface } from "node:readline/promises";
import { parseArgs } from "node:util";
import { setUpBusiness } from "../../lib/conversations/mod.ts";
import { importKnowledge, kindOfFile } from "../../lib/knowledge/mod.ts";
import type { Ctx } from "../../lib/context.ts";
import { AppError, messageOf } from "../../lib/kernel/errors.ts";
import type { Command } from "../command.ts";
import { parseHours } from "../hours.ts";
import { readable, say } from "../output.ts";
import { workspaceOf } from "../workspace.ts";

const QUESTIONS = {
  name: "Name of the business",
  timezone: "Time zone (such as America/Monterrey)",
  hours: 'Hours (such as "mon-fri 09:00-18:00; sat 10:00-14:00", or always)',
  languages: "Languages, the first is the main one (such as es,en)",
  import: "File with your questions and answers (.csv, .md, .txt, .pdf; empty: none)",
} as const;

type Answers = Partial<Record<keyof typeof QUESTIONS, string>>;

export const setup: Command = {
  name: "setup",
  summary: "Name the business, its hours and languages, import its FAQ; takes the sample out",
  usage: "setup [--name N] [--timezone Z] [--hours H] [--languages L] [--import FILE]",
  async run(args, { open, workspace, json }) {
    const given = flags(args);
    const alone = Object.keys(given).length === 0 && Deno.stdin.isTerminal();
    const answers = alone ? await ask({ input: process.stdin, output: process.stdout }) : given;
    const { context } = await open();
    const ctx = context.as({ workspaceId: await workspaceOf(context, workspace) });
    // The file is read and checked before anything changes.
    const file = answers.import ? await readFile(answers.import) : null;
    const business = await setUpBusiness(ctx, {
      ...(answers.name ? { name: answers.name } : {}),
      ...(answers.timezone ? { timezone: answers.timezone } : {}),
      ...(answers.hours ? { hours: parseHours(answers.hours) } : {}),
      ...(answers.languages ? { languages: answers.languages.split(",").map((tag) => tag.trim()) } : {}),
    });
    const imported = file === null ? null : await bringIn(ctx, file);
    const result = { ...business, ...imported };
    say(json ? JSON.stringify(result, null, 2) : readable(result));
    return 0;
  },
};

function flags(args: readonly string[]): Answers {
  const options = Object.fromEntries(
    Object.keys(QUESTIONS).map((name) => [name, { type: "string" as const }]),
  );
  return parseArgs({ args: [...args], options, strict: true }).values as Answers;
}

/** What can be told of an answer at once, so that nobody has to begin again for the last one. */
const CHECKS: Readonly<Partial<Record<string, (answer: string) => unknown>>> = {
  timezone: (zone) => new Intl.DateTimeFormat("en", { timeZone: zone }),
  hours: parseHours,
  import: async (path) => [kindOfFile({ name: path, type: "" }), await readFile(path)],
};

/** Asks each question until its answer can be used. Throws when the terminal is left (Ctrl-C, Ctrl-D) before the end. */
export async function ask(streams: { input: Readable; output: Writable }): Promise<Answers> {
  const terminal = createInterface(streams);
  const left = new Promise<null>((resolve) => terminal.once("close", () => resolve(null)));
  const answers: Record<string, string> = {};
  try {
    for (const [name, question] of Object.entries(QUESTIONS)) {
      const answer = await understood(name, async () => {
        const said = await Promise.race([left, terminal.question(`${question}: `)]);
        if (said === null) throw new AppError("bad_request", "Left before the end: nothing was changed");
        return said.trim();
      });
      if (answer !== "") answers[name] = answer;
    }
  } finally {
    terminal.close();
  }
  return answers;

  async function understood(name: string, next: () => Promise<string>): Promise<string> {
    for (;;) {
      const answer = await next();
      try {
        if (answer !== "") await CHECKS[name]?.(answer);
        return answer;
      } catch (thrown) {
        streams.output.write(`  ${messageOf(thrown)}\n`);
      }
    }
  }
}

async function readFile(path: string): Promise<{ path: string; content: Uint8Array<ArrayBuffer> }> {
  return { path, content: await Deno.readFile(path) };
}

async function bringIn(ctx: Ctx, { path, content }: { path: string; content: Uint8Array }) {
  const kind = kindOfFile({ name: path, type: "" });
  const { created, skipped } = await importKnowledge(ctx, {
    kind,
    content,
    source: path.split("/").at(-1) ?? path,
  });
  return { imported_entries: created.length, skipped_entries: skipped };
}
