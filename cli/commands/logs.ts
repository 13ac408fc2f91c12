import { join } from "node:path";
import { loadHostConfig } from "../../compose.ts";
import { AppError } from "../../lib/kernel/errors.ts";
import type { Command } from "../command.ts";
import { say } from "../output.ts";

const POLL_MS = 300;
const TAIL_BYTES = 64 * 1024;

export const logs: Command = {
  name: "logs",
  summary: "The latest log lines; --follow waits for more",
  usage: "logs [--follow]",
  async run(args) {
    const { config } = await loadHostConfig();
    const path = join(config.data.folder, "logs", "cauce.log");
    let file = await open(path);
    let size = (await file.stat()).size;
    await file.seek(Math.max(0, size - TAIL_BYTES), Deno.SeekMode.Start);
    say((await readRest(file)).trimEnd());
    while (args.includes("--follow")) {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      const { size: now } = await Deno.stat(path).catch(() => ({ size }));
      if (now < size) { // rotated: a new file under the name
        file.close();
        file = await open(path);
      }
      size = now;
      const text = await readRest(file);
      if (text !== "") say(text.trimEnd());
    }
    file.close();
    return 0;
  },
};

async function open(path: string): Promise<Deno.FsFile> {
  try {
    return await Deno.open(path, { read: true });
  } catch (cause) {
    throw new AppError("not_found", `There is no log at ${path} yet; start the server first`, { cause });
  }
}

async function readRest(file: Deno.FsFile): Promise<string> {
  const decoder = new TextDecoder();
  const part = new Uint8Array(64 * 1024);
  let text = "";
  for (let read = await file.read(part); read !== null && read > 0; read = await file.read(part)) {
    text += decoder.decode(part.subarray(0, read), { stream: true });
  }
  return text;
}
