import assert from "node:assert/strict";
import { SEND_BYTES, serve, type ServeOptions } from "../../lib/adapters/http/serve.ts";
import { readBody } from "../../routes/middleware/body.ts";
import { AppError } from "../../lib/kernel/errors.ts";
import { harness } from "../support/harness.ts";

const text = new TextEncoder();

function start(options: Partial<ServeOptions> = {}) {
  return serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response("hello"), ...options });
}

/** A client that writes bytes by hand; reads until the server ends the connection or `enough` is seen. */
async function dial(port: number) {
  const conn = await Deno.connect({ hostname: "127.0.0.1", port });
  const decoder = new TextDecoder();
  return {
    write: (part: string) => conn.write(text.encode(part)),
    async read(enough = "\u0000never"): Promise<{ text: string; ended: boolean }> {
      const buffer = new Uint8Array(4096);
      let seen = "";
      while (!seen.includes(enough)) {
        const count = await conn.read(buffer).catch(() => null);
        if (count === null) return { text: seen, ended: true };
        seen += decoder.decode(buffer.subarray(0, count));
      }
      return { text: seen, ended: false };
    },
    close: () => conn.close(),
  };
}

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

Deno.test("a slow body is cut with 408 and a large one with 413", async () => {
  const server = start({
    fetch: async (request) => {
      try {
        const timeoutMs = request.url.endsWith("/slow") ? 150 : 60_000;
        return new Response(await readBody(request, { maxBytes: 10, timeoutMs }));
      } catch (error) {
        return new Response(null, { status: error instanceof AppError ? error.status : 500 });
      }
    },
  });
  const slow = await dial(server.port);
  await slow.write("POST /slow HTTP/1.1\r\nHost: x\r\nContent-Length: 8\r\n\r\nabc");
  assert.match((await slow.read("\r\n\r\n")).text, /^HTTP\/1\.1 408 /);
  slow.close();
  const large = await dial(server.port);
  await large.write("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nb\r\nhello world\r\n");
  assert.match((await large.read("\r\n\r\n")).text, /^HTTP\/1\.1 413 /);
  large.close();
  await server.shutdown(1000);
});

Deno.test("a connection is used again, and 200 at once are all served", async () => {
  const server = start({
    fetch: async (_request, { remoteAddress }) => await Promise.resolve(new Response(remoteAddress)),
  });
  const client = await dial(server.port);
  for (let i = 0; i < 3; i++) {
    await client.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    assert.match((await client.read("127.0.0.1")).text, /200 OK/);
  }
  client.close();
  const all = await Promise.all(
    Array.from({ length: 200 }, async () => await (await fetch(`http://127.0.0.1:${server.port}/`)).text()),
  );
  assert.equal(all.filter((address) => address === "127.0.0.1").length, 200);
  await server.shutdown(1000);
});

Deno.test("shutdown lets a running request end, ends idle connections and takes no new ones", async () => {
  const started = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const server = start({
    fetch: async ({ url }) => {
      if (url.endsWith("/idle")) return new Response("idle");
      started.resolve();
      await release.promise;
      return new Response("done");
    },
  });
  const idle = await dial(server.port);
  await idle.write("GET /idle HTTP/1.1\r\nHost: x\r\n\r\n");
  await idle.read("\r\n\r\nidle");
  const running = fetch(`http://127.0.0.1:${server.port}/run`);
  await started.promise;
  const ended = server.shutdown(60_000);
  await assert.rejects(fetch(`http://127.0.0.1:${server.port}/late`));
  release.resolve();
  assert.equal(await (await running).text(), "done");
  assert.equal((await idle.read()).ended, true);
  idle.close();
  assert.equal(await ended, true);
});

Deno.test("shutdown ends what is still running when the grace is over, and tells WebSockets", async () => {
  const started = Promise.withResolvers<void>();
  const never = Promise.withResolvers<Response>();
  const server = start({
    fetch: (request, connection) => {
      if (request.url.endsWith("/ws")) return connection.upgrade(request).response;
      started.resolve();
      return never.promise;
    },
  });
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/ws`);
  await new Promise((resolve) => socket.onopen = resolve);
  const closed = new Promise<CloseEvent>((resolve) => socket.onclose = resolve);
  const stuck = assert.rejects(fetch(`http://127.0.0.1:${server.port}/`));
  await started.promise;
  assert.equal(await server.shutdown(50), false);
  await stuck;
  assert.equal((await closed).code, 1001);
  never.resolve(new Response());
});

Deno.test("what a handler throws is told, and the client sees a bare 500", async () => {
  const told: unknown[] = [];
  const server = start({
    fetch: () => Promise.reject(new Error("secret detail")),
    onError: (error) => told.push(error),
  });
  const response = await fetch(`http://127.0.0.1:${server.port}/`);
  assert.equal(response.status, 500);
  assert.equal(await response.text(), "");
  assert.equal(told.length, 1);
  await server.shutdown(1000);
});

Deno.test("the peer's address may be asked for when the request is over", async () => {
  const peers: { readonly remoteAddress: string }[] = [];
  const server = start({
    fetch: (_request, connection) => {
      peers.push(connection);
      return new Response("hello");
    },
  });
  await (await fetch(`http://127.0.0.1:${server.port}/`)).text();
  assert.equal(peers[0]?.remoteAddress, "0.0.0.0");
  await server.shutdown(1000);
});

Deno.test("an answer past what the server joins goes as one chunk, and with its length where that can't be", async () => {
  await using h = await harness({ app: { sendBytes: SEND_BYTES } });
  const { token } = await h.person();
  const server = start({ fetch: (request, connection) => h.app.fetch(request, connection) });
  const ask = async (head: string) => {
    const client = await dial(server.port);
    await client.write(`${head}\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nConnection: close\r\n\r\n`);
    const { text } = await client.read();
    client.close();
    return text;
  };
  const chunked = await ask("GET /api/auth/me HTTP/1.1");
  assert.match(chunked, /^transfer-encoding: chunked\r$/m);
  assert.doesNotMatch(chunked, /^content-length:/m);
  for (const head of ["GET /api/auth/me HTTP/1.0", "GET /health HTTP/1.1"]) {
    const answer = await ask(head);
    assert.match(answer, /^content-length: [1-9]\d*\r$/m, head);
    assert.doesNotMatch(answer, /^transfer-encoding:/m, head);
  }
  const whole = await fetch(`http://127.0.0.1:${server.port}/api/auth/me`, {
    headers: { authorization: `Bearer ${token}` },
  });
  assert.ok((await whole.json()).scopes.length > 10);
  await server.shutdown(1000);
});
