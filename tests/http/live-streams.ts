import { emit } from "../../lib/events/mod.ts";
import type { Harness, Person } from "../support/harness.ts";
import { readSse, type SseReader } from "../support/sse.ts";

interface StreamCall {
  readonly token?: string;
  readonly lastEventId?: number;
  readonly path?: string;
}

/** A stream of live events, as a browser reads it. */
export async function openStream(
  h: Harness,
  { token, lastEventId, path = "/api/events/stream" }: StreamCall,
) {
  const response = await h.app.fetch(
    new Request(`http://localhost${path}`, {
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(lastEventId === undefined ? {} : { "last-event-id": String(lastEventId) }),
      },
    }),
    { remoteAddress: "192.0.2.10" },
  );
  return { response, stream: readSse(response) };
}

/** So many events, numbered. */
export async function emitMany(person: Person, count: number, from = 0): Promise<void> {
  await person.ctx.transact(async (tx) => {
    for (let i = from; i < from + count; i++) {
      await emit(tx, { type: "test.happened", subjectId: `s${i}`, data: { n: i } });
    }
  });
}

/** The numbers of the next events. */
export const numbers = async (stream: SseReader, count: number): Promise<number[]> =>
  (await stream.events(count)).map((frame) => frame.data.data.n);
