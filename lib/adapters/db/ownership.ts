import { basename, dirname, join } from "node:path";
import { AppError } from "../../kernel/errors.ts";

/** A file has one owner at a time; the kernel frees the claim when the process ends, however it ends. */
export interface Ownership {
  /** The file's one true path. */
  readonly path: string;
  release(): void;
}

/**
 * Claims a database file by a lock on `<file>.lock` beside it. Throws AppError `conflict` with the owner's pid when
 * another process (or this one) has it. Symbolic links and relative paths lead to the same claim.
 */
export async function claimFile(path: string): Promise<Ownership> {
  await Deno.mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const real = await truePath(path);
  const lock = await Deno.open(`${real}.lock`, { read: true, write: true, create: true, mode: 0o600 });
  if (!(await lock.tryLock(true))) {
    lock.close();
    const pid = await ownerPid(real);
    throw new AppError(
      "conflict",
      `${real} is in use by process ${pid ?? "(unknown)"}: one process owns a file`,
      {
        extra: { owner_pid: pid },
      },
    );
  }
  await lock.truncate();
  await lock.write(new TextEncoder().encode(`${Deno.pid}\n`));
  await createPrivate(real);
  return { path: real, release: () => lock.close() };
}

/**
 * Private from the first byte; SQLite gives its side files the mode of this one. An existing file is not even opened:
 * closing any descriptor of it would drop the locks that SQLite holds on it in this process.
 */
async function createPrivate(real: string): Promise<void> {
  try {
    (await Deno.open(real, { write: true, createNew: true, mode: 0o600 })).close();
  } catch (thrown) {
    if (!(thrown instanceof Deno.errors.AlreadyExists)) throw thrown;
  }
}

/** The pid that holds the file, or null when nobody does. */
export async function ownerOf(path: string): Promise<number | null> {
  const real = await truePath(path).catch(() => null);
  if (real === null) return null;
  using lock = await Deno.open(`${real}.lock`, { read: true, write: true }).catch(() => null) ?? nothing;
  if (lock === nothing || await lock.tryLock(true)) return null;
  return ownerPid(real);
}

const nothing = { tryLock: () => Promise.resolve(false), [Symbol.dispose]: () => {} };

async function ownerPid(real: string): Promise<number | null> {
  const pid = Number.parseInt(await Deno.readTextFile(`${real}.lock`).catch(() => ""), 10);
  return Number.isNaN(pid) ? null : pid;
}

/** Follows links, also one that points at a file that is not there yet. */
async function truePath(path: string): Promise<string> {
  const target = await Deno.readLink(path).catch(() => null);
  if (target !== null) return truePath(target.startsWith("/") ? target : join(dirname(path), target));
  return join(await Deno.realPath(dirname(path)), basename(path));
}
