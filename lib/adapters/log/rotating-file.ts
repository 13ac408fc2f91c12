export interface RotatingFileOptions {
  readonly path: string;
  /** A file past this is set aside as `path.1`. Default 10 MB. */
  readonly maxBytes?: number;
  /** Files in all, the current one included. Default 5. */
  readonly keep?: number;
}

/** An append-only file of mode 0600 that rotates by size. One writer; calls must not overlap. */
export class RotatingFile {
  readonly #path: string;
  readonly #maxBytes: number;
  readonly #keep: number;
  #file: Deno.FsFile | null = null;
  #size = 0;

  constructor({ path, maxBytes = 10_000_000, keep = 5 }: RotatingFileOptions) {
    this.#path = path;
    this.#maxBytes = maxBytes;
    this.#keep = keep;
  }

  async append(bytes: Uint8Array): Promise<void> {
    this.#file ??= await this.#open();
    if (this.#size > 0 && this.#size + bytes.length > this.#maxBytes) {
      await this.#rotate();
      this.#file ??= await this.#open();
    }
    await writeWhole(this.#file, bytes);
    this.#size += bytes.length;
  }

  close(): void {
    this.#file?.close();
    this.#file = null;
  }

  async #open(): Promise<Deno.FsFile> {
    await Deno.mkdir(this.#path.replace(/[^/\\]*$/, "") || ".", { recursive: true, mode: 0o700 });
    const file = await Deno.open(this.#path, { append: true, create: true, mode: 0o600 });
    this.#size = (await file.stat()).size;
    return file;
  }

  async #rotate(): Promise<void> {
    this.close();
    for (let number = this.#keep - 1; number > 0; number--) {
      const from = number === 1 ? this.#path : `${this.#path}.${number - 1}`;
      await ignoreMissing(Deno.rename(from, `${this.#path}.${number}`));
    }
    if (this.#keep <= 1) await ignoreMissing(Deno.remove(this.#path));
  }
}

/** `write` may take a part only; this goes on until all is written. */
export async function writeWhole(
  writer: { write(bytes: Uint8Array): Promise<number> },
  bytes: Uint8Array,
): Promise<void> {
  for (let from = 0; from < bytes.length;) from += await writer.write(bytes.subarray(from));
}

async function ignoreMissing(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
