import assert from "node:assert/strict";
import { createGuardedFetch } from "../../lib/adapters/fetch/guarded.ts";
import { code, local, withServer } from "./fetch-local.ts";

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
