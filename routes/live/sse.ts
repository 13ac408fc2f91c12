import type { StreamEnd } from "../../lib/live/mod.ts";
import type { LiveEvent } from "../../lib/ports/live.ts";
import type { WireEvent } from "./wire.ts";

/** How soon a reader comes back after an orderly end, and after a broken connection; milliseconds. */
const RETRY = { orderly: 1000, broken: 3000 } as const;

interface EventStreamOptions {
  /** The sequence number that it begins after. */
  readonly after: number;
  readonly events: AsyncGenerator<LiveEvent[], void, void>;
  readonly toWire: (event: LiveEvent) => WireEvent | null;
  readonly end: StreamEnd;
  /** Called once, however the stream ends. */
  readonly onEnd: () => void;
}

/**
 * Server-sent events (html.spec.whatwg.org, 9.2): `id` is the sequence number, `data` the event. `ready` and `beat`
 * are named, so that a plain `message` listener sees events only. Pulled by the connection, so nothing piles up for a slow reader.
 */
export function eventStream(
  { after, events, toWire, end, onEnd }: EventStreamOptions,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let greeted = false;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (!greeted) {
        greeted = true;
        controller.enqueue(encoder.encode(`retry: ${RETRY.broken}\n${named("ready", { seq: after })}`));
        return;
      }
      const next = await events.next();
      if (!next.done) return controller.enqueue(encoder.encode(frames(next.value, toWire)));
      if (end.reason !== "gone") controller.enqueue(encoder.encode(orderlyEnd(end)));
      controller.close();
      onEnd();
    },
    async cancel() {
      end.end("gone");
      onEnd();
      await events.return();
    },
  }, { highWaterMark: 1 });
}

/** A batch as text. When none of it may be seen, the last id still goes out, so that a resumption starts there. */
function frames(batch: readonly LiveEvent[], toWire: EventStreamOptions["toWire"]): string {
  const last = batch.at(-1);
  if (last === undefined) return named("beat", {});
  let text = "";
  for (const event of batch) {
    const wire = toWire(event);
    if (wire !== null) text += `id: ${event.seq}\ndata: ${JSON.stringify(wire)}\n\n`;
  }
  return text === "" ? `id: ${last.seq}\n\n` : text;
}

/** The last words of a stream that ends in order: when to come back. */
export function orderlyEnd({ reason }: StreamEnd): string {
  return `retry: ${RETRY.orderly}\n: ${reason}\n\n`;
}

/** An event with a name, which a plain `message` listener does not see. */
export function named(event: "ready" | "beat" | "metrics", data: Record<string, unknown>): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
