import assert from "node:assert/strict";
import { emit } from "../../lib/events/mod.ts";
import { createStreamEnd } from "../../lib/live/mod.ts";
import { serveSocket, type SlowReader } from "../../routes/live/socket.ts";
import { harness } from "../support/harness.ts";

/** More than the kernel holds between two ends of loopback. */
const EVENTS = 240;
const SIZE = 100_000;

/** A reader of a long backlog over a real socket that takes nothing until it is told to. */
async function idleReader(slow: SlowReader) {
  const h = await harness();
  const { ctx } = await h.person();
  await ctx.transact(async (tx) => {
    for (let n = 0; n < EVENTS; n++) {
      await emit(tx, { type: "test.happened", subjectId: "s", data: { text: "x".repeat(SIZE) } });
    }
  });
  const released = Promise.withResolvers<void>();
  const end = createStreamEnd({ drain: null, lifeMs: 600_000 });
  const release = () => {
    end.end("gone");
    released.resolve();
  };
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request) => {
    const { socket, response } = Deno.upgradeWebSocket(request);
    serveSocket(socket, { ctx, end, release, after: 0, slow });
    return response;
  });
  const conn = await Deno.connect({ hostname: "127.0.0.1", port: server.addr.port });
  const handshake = "GET / HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: upgrade\r\n" +
    "sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
  await conn.write(new TextEncoder().encode(handshake));
  return {
    released: released.promise,
    async take(bytes: number): Promise<void> {
      const chunk = new Uint8Array(1 << 20);
      for (let taken = 0; taken < bytes;) {
        const read = await conn.read(chunk);
        if (read === null) throw new Error(`The stream ended after ${taken} bytes`);
        taken += read;
      }
    },
    async [Symbol.asyncDispose]() {
      conn.close();
      await released.promise;
      await server.shutdown();
      await h[Symbol.asyncDispose]();
    },
  };
}

Deno.test("a socket whose reader takes nothing for too long is cut, and its place is free again", async () => {
  await using reader = await idleReader({ bytes: 256 * 1024, ms: 20, lookMs: 5 });
  await reader.released;
});

Deno.test("a socket whose reader pauses waits for it and then gives all of it", async () => {
  const paused = Promise.withResolvers<void>();
  const slow: SlowReader = {
    bytes: 256 * 1024,
    lookMs: 5,
    // Read at every look at a full buffer.
    get ms() {
      paused.resolve();
      return 600_000;
    },
  };
  let cut = false;
  await using reader = await idleReader(slow);
  reader.released.then(() => cut = true);
  await paused.promise;
  await reader.take(EVENTS * SIZE);
  assert.equal(cut, false);
});
