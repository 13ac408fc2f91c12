/** One event of a stream (html.spec.whatwg.org, server-sent events). */
export interface ServerEvent {
  /** `message` where the sender names none. */
  readonly event: string;
  readonly data: string;
}

/** Reads server-sent events as they come. What is cut off before its blank line is no event. */
export async function* serverEvents(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<ServerEvent> {
  let rest = "";
  let event = "message";
  let data: string[] = [];
  for await (const text of body.pipeThrough(new TextDecoderStream())) {
    // A CR at the end may be half of a line end.
    const lines = (rest + text).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? "";
    for (const line of lines) {
      if (line === "") {
        if (data.length > 0) yield { event, data: data.join("\n") };
        [event, data] = ["message", []];
        continue;
      }
      const [, field = "", value = ""] = /^([^:]*):? ?(.*)$/s.exec(line) ?? [];
      if (field === "data") data.push(value);
      else if (field === "event") event = value || "message";
    }
  }
}
