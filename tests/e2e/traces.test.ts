import assert from "node:assert/strict";
import { join } from "node:path";
import { eventually } from "../support/eventually.ts";
import { ADMIN_PASSWORD, signIn, startServer, temporaryFolder } from "../support/server.ts";

interface Span {
  readonly name: string;
  readonly traceId: string;
  readonly parentSpanId?: string;
  readonly links?: readonly { readonly traceId: string }[];
  readonly status?: { readonly code?: number; readonly message?: string };
  readonly attributes: readonly {
    readonly key: string;
    readonly value: {
      readonly stringValue?: string;
      readonly doubleValue?: number;
      readonly intValue?: number;
    };
  }[];
}

function attributesOf({ attributes }: Span) {
  return Object.fromEntries(
    attributes.map((
      { key, value },
    ) => [key, value.stringValue ?? Number(value.doubleValue ?? value.intValue)]),
  );
}

Deno.test("with OTEL_DENO the spans of requests bear the names of their routes, and each run of a job has one of its own", async () => {
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
  for (const args of [[16], ["?"]]) {
    const submitted = await fetch(`${server.url}/api/high-scale-tasks/submit`, {
      method: "POST",
      headers: { ...headers, "content-type": "application/json" },
      body: JSON.stringify({ function_name: args[0] === 16 ? "math.sqrt" : "json.parse", args }),
    });
    assert.equal(submitted.status, 202);
    const { task_id } = await submitted.json();
    await eventually("it has ended", async () => {
      const task = await fetch(`${server.url}/api/high-scale-tasks/tasks/${task_id}`, { headers });
      return ["done", "dead"].includes((await task.json()).state);
    });
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
  const submits = spans.filter(({ name }) => name === "POST /api/high-scale-tasks/submit");
  const [root] = spans.filter(({ name }) => name === "task math.sqrt");
  assert.ok(root, JSON.stringify(routes));
  const { "job.id": id, "job.workspace": workspace, ...rest } = attributesOf(root);
  assert.match(`${id} ${workspace}`, /^tsk_\S+ wsp_\S+$/);
  assert.deepEqual(rest, {
    "job.name": "task:math.sqrt",
    "job.lane": "cpu",
    "job.attempt": 1,
    "job.outcome": "done",
  });
  assert.equal(root.parentSpanId ?? "", "", "what woke the lane is not what asked for the job");
  assert.ok(
    submits.some(({ traceId }) => root.links?.[0]?.traceId === traceId),
    "its link names the request",
  );
  const [failed] = spans.filter(({ name }) => name === "task json.parse");
  assert.ok(failed);
  assert.equal(attributesOf(failed)["job.outcome"], "dead");
  assert.equal(failed.status?.code, 2);
});
