import assert from "node:assert/strict";
import { readStart } from "../../lib/adapters/fetch/read-text.ts";
import { createGuardedFetch } from "../../lib/adapters/fetch/guarded.ts";
import { code, local, withServer } from "./fetch-local.ts";

Deno.test("an answer over the limit is refused, told or not, and so are endless headers", () =>
  withServer((request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/told") return new Response(new Uint8Array(2000));
    if (pathname === "/headers") return new Response("x", { headers: { "x-long": "a".repeat(60_000) } });
    return new Response(
      new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(500)) }),
    );
  }, async (port) => {
    for (const path of ["/told", "/endless"]) {
      await assert.rejects(
        local(`http://shop.example:${port}${path}`, { maxBytes: 1000 }),
        code("payload_too_large"),
        path,
      );
    }
    await assert.rejects(local(`http://shop.example:${port}/headers`), code("upstream_failed"));
  }));

Deno.test("the whole call has one deadline: slow names, slow headers and slow bodies", async () => {
  const slowName = createGuardedFetch({ resolve: () => new Promise(() => {}) });
  await assert.rejects(slowName("http://slow.example/", { timeoutMs: 30 }), code("upstream_timeout"));
  const release = Promise.withResolvers<void>();
  await withServer(async (request) => {
    if (request.url.endsWith("/headers")) await release.promise;
    return new Response(
      new ReadableStream({
        async start(controller) {
          controller.enqueue(new Uint8Array(1));
          await release.promise;
          controller.close();
        },
      }),
    );
  }, async (port) => {
    for (const path of ["headers", "body"]) {
      await assert.rejects(
        local(`http://shop.example:${port}/${path}`, { timeoutMs: 100 }),
        code("upstream_timeout"),
        path,
      );
    }
    const stop = new AbortController();
    const call = local(`http://shop.example:${port}/headers`, { signal: stop.signal });
    stop.abort(new Error("no longer wanted"));
    await assert.rejects(call, /no longer wanted/);
    release.resolve();
  });
});

Deno.test("nobody there, or an answer that breaks off, is an upstream that failed", async () => {
  await assert.rejects(local("http://shop.example:1/"), code("upstream_failed"));
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const served = (async () => {
    const conn = await listener.accept();
    await conn.read(new Uint8Array(1000));
    await conn.write(new TextEncoder().encode("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc"));
    conn.close();
  })();
  await assert.rejects(local(`http://shop.example:${listener.addr.port}/`), code("upstream_failed"));
  await served;
  listener.close();
});

Deno.test("a long answer is cut where only its status counts, and the rest is not fetched", async () => {
  const gone = Promise.withResolvers<void>();
  let sent = 0;
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, () => {
    const piece = new Uint8Array(16 * 1024).fill(97);
    return new Response(
      new ReadableStream({
        pull(controller) {
          sent += piece.byteLength;
          controller.enqueue(piece);
        },
        cancel: () => gone.resolve(),
      }),
      { status: 202 },
    );
  });
  const url = `http://shop.example:${server.addr.port}/`;
  const answer = await local(url, { maxBytes: 100_000, cut: true });
  assert.deepEqual([answer.status, answer.body.byteLength], [202, 100_000]);
  await gone.promise;
  const before = sent;
  assert.equal(
    (await readStart(await fetch(`http://127.0.0.1:${server.addr.port}/`), 100_000)).length,
    100_000,
  );
  assert.ok(sent - before < 32 * 1024 * 1024, `${sent - before} bytes were sent of an answer without end`);
  await server.shutdown();
});
