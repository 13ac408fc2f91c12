import { EventSourceParserStream } from "eventsource-parser/stream";

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
  const events = body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
  for await (const { event, data } of events) yield { event: event || "message", data };
}
