import assert from "node:assert/strict";
import { dial, start, text } from "./server-dial.ts";

const guarded = Deno.build.os === "linux";
/** Within it a client of this process connects and asks, on a busy machine too. */
const PATIENCE_MS = 1000;

Deno.test({
  name: "slow headers are cut with 408, on a new connection and on a used one, and so is a silent connection",
  ignore: !guarded,
  async fn() {
    const server = start({ headerTimeoutMs: PATIENCE_MS });
    assert.equal(server.guarded, true);
    const [slow, silent, used] = [await dial(server.port), await dial(server.port), await dial(server.port)];
    await used.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    assert.match((await used.read("hello")).text, /200 OK/);
    await new Promise((resolve) => setTimeout(resolve, 50)); // the kernel's ages are in steps of some milliseconds
    await used.write("GET / HTTP/1.1\r\nHo");
    await slow.write("GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ");
    let alive = true;
    const dripping = (async () => {
      while (alive) {
        await slow.write("a").catch(() => alive = false);
        await new Promise((resolve) => setTimeout(resolve, 30));
      }
    })();
    const ends = await Promise.all([slow.read(), silent.read(), used.read()]);
    alive = false;
    await dripping;
    assert.ok(ends.every(({ ended }) => ended));
    // One that still writes may be reset before it reads the answer.
    for (const { text } of ends.slice(1)) assert.match(text, /^HTTP\/1\.1 408 /);
    for (const client of [slow, silent, used]) client.close();
    await server.shutdown(1000);
  },
});

Deno.test({
  name: "a slow handler, a streaming answer and a WebSocket outlive the header time",
  ignore: !guarded,
  async fn() {
    const wait = () => new Promise((resolve) => setTimeout(resolve, 1.5 * PATIENCE_MS));
    const server = start({
      headerTimeoutMs: PATIENCE_MS,
      fetch: async (request, connection) => {
        const { pathname } = new URL(request.url);
        if (pathname === "/ws") {
          const { socket, response } = connection.upgrade(request);
          socket.onmessage = ({ data }) => void wait().then(() => socket.send(data));
          return response;
        }
        if (pathname === "/slow") await wait();
        const body = new ReadableStream({
          async start(controller) {
            controller.enqueue(text.encode("first "));
            await wait();
            controller.enqueue(text.encode("last"));
            controller.close();
          },
        });
        return new Response(body);
      },
    });
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}/ws`);
    const echo = new Promise((resolve) => socket.onmessage = ({ data }) => resolve(data));
    await new Promise((resolve) => socket.onopen = resolve);
    socket.send("one");
    socket.send("two");
    const answers = await Promise.all(["/slow", "/stream"].map(async (path) => {
      const response = await fetch(`http://127.0.0.1:${server.port}${path}`);
      return await response.text();
    }));
    assert.deepEqual(answers, ["first last", "first last"]);
    assert.equal(await echo, "one");
    const closed = new Promise((resolve) => socket.onclose = resolve);
    socket.close();
    await closed;
    assert.equal(await server.shutdown(60_000), true);
  },
});

Deno.test({
  name: "a connection that was idle for longer than headers may take has all their time for the next ones",
  ignore: !guarded,
  async fn() {
    const server = start({ headerTimeoutMs: PATIENCE_MS });
    const client = await dial(server.port);
    await client.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    await client.read("hello");
    const wait = (times: number) => new Promise((resolve) => setTimeout(resolve, times * PATIENCE_MS));
    await wait(1.2);
    await client.write("GET / HTTP/1.1\r\nHo");
    await wait(0.4); // it is looked at every quarter of that time
    await client.write("st: x\r\n\r\n");
    assert.match((await client.read("hello")).text, /200 OK/);
    client.close();
    await server.shutdown(1000);
  },
});

Deno.test({
  name: "an idle connection is ended after its time, quietly",
  ignore: !guarded,
  async fn() {
    const server = start({ headerTimeoutMs: PATIENCE_MS, idleTimeoutMs: 1.2 * PATIENCE_MS });
    const client = await dial(server.port);
    await client.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    await client.read("hello");
    assert.deepEqual(await client.read(), { text: "", ended: true });
    client.close();
    await server.shutdown(1000);
  },
});

Deno.test({
  name: "past the most connections the quietest that wait are ended, so that new callers get in",
  ignore: !guarded,
  async fn() {
    const server = start({ headerTimeoutMs: 2 * PATIENCE_MS, maxConnections: 3 });
    const clients = [];
    for (let i = 0; i < 8; i++) {
      // Older by more than a step of the kernel's ages: of those that are as old, any may be the quietest.
      if (i === 5) await new Promise((resolve) => setTimeout(resolve, 50));
      const client = await dial(server.port);
      await client.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
      await client.read("hello");
      clients.push(client);
    }
    const ended = await Promise.all(clients.slice(0, 5).map((client) => client.read()));
    assert.ok(ended.every((end) => end.ended && end.text === ""));
    assert.equal(await (await fetch(`http://127.0.0.1:${server.port}/`)).text(), "hello");
    for (const client of clients) client.close();
    await server.shutdown(1000);
  },
});
