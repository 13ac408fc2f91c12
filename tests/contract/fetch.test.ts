import assert from "node:assert/strict";
import { isPublicAddress } from "../../lib/adapters/fetch/address.ts";
import { readStart } from "../../lib/adapters/fetch/read-text.ts";
import { createGuardedFetch } from "../../lib/adapters/fetch/guarded.ts";
import { AppError, type ErrorCode } from "../../lib/kernel/errors.ts";

const code = (expected: ErrorCode) => (error: unknown) =>
  error instanceof AppError && error.code === expected;
const never = () => Promise.reject(new Error("must not be asked"));

async function withServer(
  handler: (request: Request) => Response | Promise<Response>,
  work: (port: number) => Promise<void>,
): Promise<void> {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, handler);
  try {
    await work(server.addr.port);
  } finally {
    await server.shutdown();
  }
}

const local = createGuardedFetch({
  allowLoopbackForTests: true,
  resolve: () => Promise.resolve(["127.0.0.1"]),
});

Deno.test("only addresses of the open internet are public", () => {
  const open = ["1.1.1.1", "93.184.216.34", "2606:4700:4700::1111", "2a00:1450:4001::1"];
  const closed = [
    ...[
      "127.0.0.1",
      "10.0.0.1",
      "172.16.0.1",
      "172.31.255.255",
      "192.168.1.1",
      "169.254.169.254",
      "100.64.0.1",
    ],
    ...[
      "0.0.0.0",
      "0.1.2.3",
      "224.0.0.1",
      "240.0.0.1",
      "255.255.255.255",
      "192.0.0.8",
      "192.0.2.1",
      "198.18.0.1",
    ],
    ...[
      "198.51.100.1",
      "203.0.113.1",
      "168.63.129.16",
      "::",
      "::1",
      "::127.0.0.1",
      "::ffff:10.0.0.1",
      "::ffff:1.1.1.1",
    ],
    ...[
      "64:ff9b::a00:1",
      "64:ff9b:1::a00:1",
      "2002:a00:1::",
      "2001:0:1::1",
      "2001:db8::1",
      "fc00::1",
      "fd00:ec2::254",
    ],
    ...["fe80::1", "fec0::1", "ff02::1", "100::1", "", "localhost", "1.1.1", "1.1.1.1.1"],
  ];
  for (const address of open) assert.equal(isPublicAddress(address), true, address);
  for (const address of closed) assert.equal(isPublicAddress(address), false, address);
});

Deno.test("a forbidden address is refused however it is written, before anything is resolved or called", async () => {
  const guarded = createGuardedFetch({ resolve: never });
  const urls = [
    ...[
      "http://127.0.0.1/",
      "http://127.1/",
      "http://2130706433/",
      "http://0x7f.0.0.1/",
      "http://0177.0.0.1/",
    ],
    ...[
      "http://[::1]/",
      "http://[::ffff:127.0.0.1]/",
      "http://[::ffff:7f00:1]/",
      "http://[64:ff9b::7f00:1]/",
      "http://0/",
    ],
    ...[
      "http://169.254.169.254/latest/meta-data",
      "http://１２７.0.0.1/",
      "https://10.0.0.1:8443/",
      "http://[fe80::1]/",
    ],
  ];
  for (const url of urls) {
    await assert.rejects(guarded(url), code("validation_failed"), url);
    await assert.rejects(guarded.check(url), code("validation_failed"), url);
  }
});

Deno.test("only http and https without a password are called", async () => {
  const guarded = createGuardedFetch({ resolve: never });
  for (
    const url of [
      "ftp://x.example/",
      "file:///etc/passwd",
      "javascript:1",
      "http://u:p@x.example/",
      "http://u@x.example/",
      "nonsense",
      "",
    ]
  ) {
    await assert.rejects(guarded(url), code("validation_failed"), url);
  }
});

Deno.test("a name is refused when any of its addresses is private, and when it has none", async () => {
  const names: Record<string, string[]> = {
    "mixed.example": ["93.184.216.34", "10.0.0.1"],
    "inner.example": ["::1"],
    "none.example": [],
  };
  const guarded = createGuardedFetch({ resolve: (name) => Promise.resolve(names[name] ?? []) });
  await assert.rejects(guarded("http://mixed.example/"), code("validation_failed"));
  await assert.rejects(guarded("http://inner.example/"), code("validation_failed"));
  await assert.rejects(guarded.check("http://none.example/"), code("validation_failed"), "when it is saved");
  await assert.rejects(guarded("http://none.example/"), code("upstream_failed"), "when it is called");
  await assert.rejects(createGuardedFetch()("http://localhost/"), code("validation_failed"));
});

Deno.test("a call reaches the checked address with the name in Host, and gives status, headers and body", () =>
  withServer(async (request) => {
    const seen = {
      host: request.headers.get("host"),
      path: new URL(request.url).pathname,
      body: await request.text(),
    };
    return Response.json(seen, { status: 201, headers: { "x-kind": request.headers.get("x-kind") ?? "" } });
  }, async (port) => {
    const response = await local(`http://shop.example:${port}/a?b=1`, {
      method: "post",
      body: "ñ",
      headers: { "x-kind": "k", host: "evil.example" },
    });
    assert.equal(response.status, 201);
    assert.equal(response.headers.get("x-kind"), "k");
    const seen = JSON.parse(new TextDecoder().decode(response.body));
    assert.deepEqual(seen, { host: `shop.example:${port}`, path: "/a", body: "ñ" });
  }));

Deno.test("the connection goes to the address that was checked: a name that changes its mind gains nothing", () =>
  withServer(() => new Response("reached"), async (port) => {
    let asked = 0;
    const rebinding = createGuardedFetch({
      allowLoopbackForTests: true,
      resolve: () => Promise.resolve(asked++ === 0 ? ["127.0.0.1"] : ["127.0.0.2"]),
    });
    assert.equal((await rebinding(`http://rebind.example:${port}/`)).status, 200);
    assert.equal(asked, 1);
    await assert.rejects(rebinding(`http://rebind.example:${port}/`), code("validation_failed"));
  }));

Deno.test("every hop of a redirect is checked as the first address was", async () => {
  const targets = [
    "http://127.0.0.2/",
    "http://10.0.0.1/",
    "http://[::1]/",
    "http://inner.example/",
    "file:///etc/passwd",
    "http://u:p@shop.example/",
  ];
  const guarded = createGuardedFetch({
    allowLoopbackForTests: true,
    resolve: (name) => Promise.resolve([name === "inner.example" ? "192.168.0.1" : "127.0.0.1"]),
  });
  await withServer((request) => {
    const at = Number(new URL(request.url).searchParams.get("to"));
    return new Response(null, { status: 302, headers: { location: targets[at] ?? "" } });
  }, async (port) => {
    for (const at of targets.keys()) {
      await assert.rejects(
        guarded(`http://shop.example:${port}/?to=${at}`),
        code("validation_failed"),
        targets[at],
      );
    }
  });
});

Deno.test("redirects are followed as browsers do, up to their number, and secrets stay with their origin", () =>
  withServer(async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/loop") return new Response(null, { status: 302, headers: { location: "/loop" } });
    if (pathname === "/see") return new Response(null, { status: 303, headers: { location: "/end" } });
    if (pathname === "/keep") return new Response(null, { status: 307, headers: { location: "/end" } });
    if (pathname === "/away") {
      const port = new URL(request.url).port;
      return new Response(null, { status: 307, headers: { location: `http://other.example:${port}/end` } });
    }
    return Response.json({
      method: request.method,
      auth: request.headers.get("authorization"),
      body: await request.text(),
    });
  }, async (port) => {
    const call = async (path: string) => {
      const response = await local(`http://shop.example:${port}${path}`, {
        method: "POST",
        body: "b",
        headers: { authorization: "Bearer x" },
      });
      return JSON.parse(new TextDecoder().decode(response.body));
    };
    assert.deepEqual(await call("/see"), { method: "GET", auth: "Bearer x", body: "" });
    assert.deepEqual(await call("/keep"), { method: "POST", auth: "Bearer x", body: "b" });
    assert.deepEqual(await call("/away"), { method: "POST", auth: null, body: "b" });
    await assert.rejects(local(`http://shop.example:${port}/loop`), code("upstream_failed"));
    assert.equal((await local(`http://shop.example:${port}/see`, { maxRedirects: 1 })).status, 200);
    await assert.rejects(
      local(`http://shop.example:${port}/see`, { maxRedirects: 0 }),
      code("upstream_failed"),
    );
  }));

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

Deno.test("over TLS the certificate must be for the name, though the connection goes to an address", async () => {
  const folder = new URL("../support/certificates/", import.meta.url);
  const [cert, key] = await Promise.all(
    ["shop.pem", "shop-key.pem"].map((name) => Deno.readTextFile(new URL(name, folder))),
  );
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, cert: cert ?? "", key: key ?? "", onListen: () => {} },
    (request) => new Response(request.headers.get("host")),
  );
  const { port } = server.addr;
  const trusting = createGuardedFetch({
    allowLoopbackForTests: true,
    resolve: () => Promise.resolve(["127.0.0.1"]),
    ca: cert ?? "",
  });
  const response = await trusting(`https://shop.example:${port}/`);
  assert.equal(new TextDecoder().decode(response.body), `shop.example:${port}`);
  await assert.rejects(trusting(`https://other.example:${port}/`), code("upstream_failed"));
  await assert.rejects(local(`https://shop.example:${port}/`), code("upstream_failed"));
  await server.shutdown();
});
