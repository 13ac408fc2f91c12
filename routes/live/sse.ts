import type { StreamEnd } from "../../lib/live/mod.ts";
import type { LiveEvent } from "../../lib/ports/live.ts";
import type { Opening } from "./opening.ts";
import type { WireEvent } from "./wire.ts";

/** How soon a reader comes back after an orderly end, and after a broken connection; milliseconds. */
const RETRY = { orderly: 1000, broken: 3000 } as const;

interface StreamOptions<T> {
  /** The first words. */
  readonly greeting?: string;
  readonly items: AsyncGenerator<T, void, void>;
  readonly toText: (item: T) => string;
  readonly opening: Pick<Opening, "end" | "release" | "broke">;
}

/**
 * Server-sent events (html.spec.whatwg.org, 9.2), pulled by the connection, so nothing piles up for a slow reader.
 * However it ends, its place among the open streams is given back.
 */
export function textStream<T>(
  { greeting = "", items, toText, opening: { end, release, broke } }: StreamOptions<T>,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let greeted = greeting === "";
  let left = false;

  async function next(): Promise<string | null> {
    if (!greeted) {
      greeted = true;
      return greeting;
    }
    const { done, value } = await items.next();
    return done ? null : toText(value);
  }

  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const text = await next();
        if (left) return;
        if (text !== null) return controller.enqueue(encoder.encode(text));
        if (end.reason !== "gone") controller.enqueue(encoder.encode(orderlyEnd(end)));
        controller.close();
      } catch (thrown) {
        // An answer that has begun can't turn into a problem: its reader comes back by itself.
        broke(thrown);
        await items.return();
        throw thrown;
      }
      release();
    },
    async cancel() {
      left = true;
      release();
      await items.return();
    },
  }, { highWaterMark: 1 });
}

interface EventStreamOptions {
  /** The sequence number that it begins after. */
  readonly after: number;
  readonly events: AsyncGenerator<LiveEvent[], void, void>;
  readonly toWire: (event: LiveEvent) => WireEvent | null;
  readonly opening: StreamOptions<unknown>["opening"];
}

/**
 * The event log as it grows: `id` is the sequence number, `data` the event. `ready` and `beat` are named, so that a
 * plain `message` listener sees events only.
 */
export function eventStream(
  { after, events, toWire, opening }: EventStreamOptions,
): ReadableStream<Uint8Array> {
  return textStream({
    greeting: `retry: ${RETRY.broken}\n${named("ready", { seq: after })}`,
    items: events,
    toText: (batch) => frames(batch, toWire),
    opening,
  });
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
function orderlyEnd({ reason }: StreamEnd): string {
  return `retry: ${RETRY.orderly}\n: ${reason}\n\n`;
}

/** An event with a name, which a plain `message` listener does not see. */
export function named(event: "ready" | "beat" | "metrics", data: Record<string, unknown>): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
