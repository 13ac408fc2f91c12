import assert from "node:assert/strict";
import { SEND_BYTES } from "../../lib/adapters/http/serve.ts";
import { readBody } from "../../routes/middleware/body.ts";
import { AppError } from "../../lib/kernel/errors.ts";
import { harness } from "../support/harness.ts";
import { dial, start } from "./server-dial.ts";

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
