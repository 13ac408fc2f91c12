/** One frame of a stream of server-sent events. */
export interface SseFrame {
  readonly event: string;
  readonly id: string | null;
  readonly retry: number | null;
  /** The parsed `data`. */
  // deno-lint-ignore no-explicit-any -- tests read whatever shape the event promises and assert on it
  readonly data: any;
}

export interface SseReader {
  /** The next frame; null when the stream has ended. */
  next(): Promise<SseFrame | null>;
  /** The next `count` events (frames of no other name). */
  events(count: number): Promise<SseFrame[]>;
  close(): Promise<void>;
}

/** Reads the frames of an answer as they come. */
export function readSse(response: Response): SseReader {
  if (response.body === null) throw new Error("The answer has no body");
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  async function next(): Promise<SseFrame | null> {
    let end = text.indexOf("\n\n");
    while (end < 0) {
      const part = await reader.read();
      if (part.done) return null;
      text += part.value;
      end = text.indexOf("\n\n");
    }
    const frame = parse(text.slice(0, end));
    text = text.slice(end + 2);
    return frame;
  }
  return {
    next,
    async events(count) {
      const found: SseFrame[] = [];
      while (found.length < count) {
        const frame = await next();
        if (frame === null) throw new Error(`The stream ended after ${found.length} of ${count} events`);
        if (frame.event === "message" && frame.data !== null) found.push(frame);
      }
      return found;
    },
    close: () => reader.cancel(),
  };
}

function parse(block: string): SseFrame {
  const fields = new Map(
    block.split("\n").map((line) => {
      const colon = line.indexOf(": ");
      return [line.slice(0, colon), line.slice(colon + 2)];
    }),
  );
  const data = fields.get("data");
  const retry = fields.get("retry");
  return {
    event: fields.get("event") ?? "message",
    id: fields.get("id") ?? null,
    retry: retry === undefined ? null : Number(retry),
    data: data === undefined ? null : JSON.parse(data),
  };
}
