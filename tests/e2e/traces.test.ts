import assert from "node:assert/strict";
import { join } from "node:path";
import { ADMIN_PASSWORD, signIn, startServer, temporaryFolder } from "../support/server.ts";

interface Span {
  readonly name: string;
  readonly attributes: readonly { readonly key: string; readonly value: { readonly stringValue?: string } }[];
}

Deno.test("with OTEL_DENO the spans of requests bear the names of their routes", async () => {
  const spans: Span[] = [];
  await using collector = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    async (request) => {
      if (!request.url.endsWith("/v1/traces")) return new Response();
      const { resourceSpans } = await request.json();
      for (const { scopeSpans } of resourceSpans) for (const one of scopeSpans) spans.push(...one.spans);
      return Response.json({});
    },
  );
  await using folder = await temporaryFolder();
  const server = await startServer({
    data: join(folder.path, "data"),
    env: {
      ADMIN_PASSWORD,
      OTEL_DENO: "true",
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${collector.addr.port}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
    },
  });
  const headers = { authorization: `Bearer ${await signIn(server.url)}` };
  for (const path of ["/api/v1/auth/me", "/api/conversations/cnv_none", "/api/nowhere"]) {
    await (await fetch(`${server.url}${path}`, { headers })).body?.cancel();
  }
  server.signal("SIGTERM");
  assert.equal(await server.ended, 0);
  const routes = spans.map(({ name, attributes }) => [
    name,
    attributes.find(({ key }) => key === "http.route")?.value.stringValue ?? null,
  ]);
  for (
    const [method, route] of [
      ["POST", "/api/auth/login"],
      ["GET", "/api/auth/me"],
      ["GET", "/api/conversations/{id}"],
      ["GET", "none"],
    ]
  ) {
    assert.ok(
      routes.some(([name, of]) => name === `${method} ${route}` && of === route),
      `${method} ${route} is not among ${JSON.stringify(routes)}`,
    );
  }
});
