import assert from "node:assert/strict";
import fc from "fast-check";
import { type ServerEvent, serverEvents } from "../../lib/adapters/llm/server-events.ts";

function inPieces(text: string, sizes: readonly number[]): ReadableStream<Uint8Array<ArrayBuffer>> {
  const bytes = new TextEncoder().encode(text);
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  for (let at = 0, n = 0; at < bytes.length; n++) {
    const size = sizes[n % sizes.length] ?? 1;
    pieces.push(bytes.slice(at, at += size));
  }
  return ReadableStream.from(pieces);
}

async function read(text: string, sizes: readonly number[] = [1000]): Promise<ServerEvent[]> {
  return await Array.fromAsync(serverEvents(inPieces(text, sizes)));
}

Deno.test("serverEvents reads names, data of many lines and every line end; comments and unknown fields are nothing", async () => {
  assert.deepEqual(
    await read(
      ': hello\nid: 7\nevent: ping\ndata: {"a":1}\r\ndata:  two\r\r\ndata\n\nretry: 9\n\nevent: none\n\ndata:é:ñ\n\n',
    ),
    [
      { event: "ping", data: '{"a":1}\n two' },
      { event: "message", data: "" },
      { event: "message", data: "é:ñ" },
    ],
  );
});

Deno.test("serverEvents gives no event of which the end is missing", async () => {
  assert.deepEqual(await read("data: one\n\ndata: two\n"), [{ event: "message", data: "one" }]);
  assert.deepEqual(await read(""), []);
});

Deno.test("serverEvents reads the same however the bytes are cut", async () => {
  const line = fc.constantFrom(
    "data: á 1",
    "data:2",
    "data",
    "event: delta",
    "event:",
    ": note",
    "id: 4",
    "dato: x",
  );
  const end = fc.constantFrom("\n", "\r\n", "\n\n", "\r\n\r\n");
  const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(line, end), { maxLength: 12 }), sizes, async (lines, cuts) => {
      const text = lines.flat().join("");
      assert.deepEqual(await read(text, cuts), await read(text));
    }),
  );
});
