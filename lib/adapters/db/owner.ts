import { join } from "node:path";
import { z } from "zod";

/** How to reach the process that owns the file. */
export interface OwnerRecord {
  readonly pid: number;
  /** Where it serves Hrana on loopback. */
  readonly url: string;
  readonly token: string;
}

const FILE = "owner.json";
const schema = z.object({ pid: z.number().int(), url: z.url(), token: z.string().min(1) });

/** Writes `owner.json` for this process, readable by its user only; replaced at once, never half. */
export async function writeOwnerFile(dataFolder: string, record: Omit<OwnerRecord, "pid">): Promise<void> {
  const path = join(dataFolder, FILE);
  const fresh = `${path}.${Deno.pid}`;
  await Deno.remove(fresh).catch(() => {});
  await Deno.writeTextFile(fresh, JSON.stringify({ pid: Deno.pid, ...record }), {
    mode: 0o600,
    createNew: true,
  });
  await Deno.rename(fresh, path);
}

/** null when there is none, or it can't be read. */
export async function readOwnerFile(dataFolder: string): Promise<OwnerRecord | null> {
  const text = await Deno.readTextFile(join(dataFolder, FILE)).catch(() => null);
  if (text === null) return null;
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** Removes the file, if it is still this process's. */
export async function removeOwnerFile(dataFolder: string): Promise<void> {
  if ((await readOwnerFile(dataFolder))?.pid === Deno.pid) {
    await Deno.remove(join(dataFolder, FILE)).catch(() => {});
  }
}
