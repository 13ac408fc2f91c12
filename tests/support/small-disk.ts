/** A file system of a bounded size, where this process may mount one. */
import { join } from "node:path";

async function succeeds(command: string, ...args: string[]): Promise<boolean> {
  try {
    const { success } = await new Deno.Command(command, { args, stdout: "null", stderr: "null" }).output();
    return success;
  } catch {
    return false;
  }
}

export interface SmallDisk extends AsyncDisposable {
  readonly path: string;
  /** Leaves so many bytes free. */
  fill(freeBytes: number): Promise<void>;
  /** Takes back what `fill` took. */
  free(): Promise<void>;
}

/** null: nothing can be mounted here. Unmounted when it goes out of scope. */
export async function mountSmallDisk(megabytes: number): Promise<SmallDisk | null> {
  const path = await Deno.makeTempDir({ prefix: "cauce-disk-" });
  if (!await succeeds("mount", "-t", "tmpfs", "-o", `size=${megabytes}m`, "tmpfs", path)) {
    await Deno.remove(path);
    return null;
  }
  const filler = join(path, "filler");
  return {
    path,
    async fill(freeBytes) {
      using file = await Deno.open(filler, { write: true, create: true, append: true });
      const chunk = new Uint8Array(64 * 1024).fill(1);
      try {
        for (;;) await file.write(chunk);
      } catch { /* it is full now */ }
      const { size } = await file.stat();
      await file.truncate(Math.max(0, size - freeBytes));
    },
    free: () => Deno.remove(filler),
    async [Symbol.asyncDispose]() {
      // Lazily: a process that is still ending may hold a file of it.
      await succeeds("umount", "-l", path);
      await Deno.remove(path);
    },
  };
}

/** Whether tests that need one can run. */
export const CAN_MOUNT = await (async () => {
  await using disk = await mountSmallDisk(1);
  return disk !== null;
})();
