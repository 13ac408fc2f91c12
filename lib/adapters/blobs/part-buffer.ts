interface PartBufferOptions {
  readonly partBytes: number;
  /** Called with all bytes before they are kept; may throw to stop. */
  readonly onBytes: (bytes: Uint8Array) => void;
}

export interface PartBuffer {
  /** The next part: `partBytes` long, except for the last. */
  next(): Promise<Uint8Array<ArrayBuffer>>;
  /** True when the last part was given. */
  readonly ended: boolean;
  /** `first`, then all the parts that are left. */
  from(first: Uint8Array<ArrayBuffer>): AsyncGenerator<Uint8Array<ArrayBuffer>>;
}

/** Cuts a stream of chunks into parts of one size, holding one part in memory. */
export function createPartBuffer(
  source: AsyncGenerator<Uint8Array>,
  { partBytes, onBytes }: PartBufferOptions,
): PartBuffer {
  let rest: Uint8Array = new Uint8Array();
  let ended = false;

  async function next(): Promise<Uint8Array<ArrayBuffer>> {
    const part = new Uint8Array(partBytes);
    let filled = 0;
    while (filled < partBytes) {
      if (rest.length === 0 && !await pull()) {
        ended = true;
        return part.slice(0, filled);
      }
      const taken = rest.subarray(0, partBytes - filled);
      part.set(taken, filled);
      filled += taken.length;
      rest = rest.subarray(taken.length);
    }
    ended = rest.length === 0 && !await pull();
    return part;
  }

  /** Fetches a chunk that is not empty; false at the end. */
  async function pull(): Promise<boolean> {
    while (rest.length === 0) {
      const chunk = await source.next();
      if (chunk.done) return false;
      rest = chunk.value;
      try {
        onBytes(rest);
      } catch (error) {
        await source.return(undefined);
        throw error;
      }
    }
    return true;
  }

  return {
    next,
    get ended() {
      return ended;
    },
    async *from(first) {
      yield first;
      try {
        while (!ended) yield await next();
      } finally {
        await source.return(undefined);
      }
    },
  };
}
