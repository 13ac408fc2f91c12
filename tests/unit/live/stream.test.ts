import assert from "node:assert/strict";
import { createStreamEnd } from "../../../lib/live/mod.ts";
import { textStream } from "../../../routes/live/sse.ts";

function openingOf() {
  const end = createStreamEnd({ drain: null, lifeMs: 60_000 });
  const faults: unknown[] = [];
  const opening = {
    end,
    released: 0,
    faults,
    release() {
      opening.released++;
      end.end("gone");
    },
    broke(thrown: unknown) {
      faults.push(thrown);
      opening.release();
    },
  };
  return opening;
}

Deno.test("a stream whose source fails gives its place back, whatever it had given before", async () => {
  const opening = openingOf();
  const fault = new Error("the disk is gone");
  async function* source() {
    yield await Promise.resolve("a");
    throw fault;
  }
  const reader = textStream({ items: source(), toText: (text) => text, opening }).getReader();
  assert.equal(new TextDecoder().decode((await reader.read()).value), "a");
  await assert.rejects(reader.read(), fault);
  assert.deepEqual([opening.released, opening.faults], [1, [fault]]);
});

Deno.test("a stream whose source can't be put into words ends its source too", async () => {
  const opening = openingOf();
  let ended = false;
  async function* source() {
    try {
      while (true) yield await Promise.resolve(1);
    } finally {
      ended = true;
    }
  }
  const toText = () => {
    throw new Error("no words");
  };
  await assert.rejects(new Response(textStream({ items: source(), toText, opening })).text());
  assert.deepEqual([opening.released, ended], [1, true]);
});

Deno.test("a reader who leaves while the source is at work is no fault", async () => {
  const opening = openingOf();
  const late = Promise.withResolvers<void>();
  async function* source() {
    await late.promise;
    yield "a";
  }
  const reader = textStream({ items: source(), toText: (text) => text, opening }).getReader();
  const reading = reader.read();
  const leaving = reader.cancel();
  late.resolve();
  await Promise.all([reading, leaving]);
  assert.deepEqual([opening.released, opening.faults], [1, []]);
});
