import assert from "node:assert/strict";
import { z } from "zod";
import { beatWorker, createRegistry, enqueue, handler } from "../../lib/jobs/mod.ts";
import { defineJob } from "../../lib/kernel/define-job.ts";
import { createRunner } from "../../workers/runner.ts";
import { harness } from "../support/harness.ts";

/** Reads Prometheus' text as its own parser does: a type for each name before its values, each value once. */
function parse(text: string): Map<string, number> {
  const values = new Map<string, number>();
  let family = "", type = "";
  assert.ok(text.endsWith("\n"));
  for (const line of text.trimEnd().split("\n")) {
    const head = /^# (HELP|TYPE) (cauce_[a-z_]+) (.+)$/.exec(line);
    if (head !== null) {
      const [, kind, name = "", rest = ""] = head;
      if (kind === "TYPE") {
        assert.equal(name, family, "HELP and TYPE of one family");
        type = rest;
        assert.ok(["counter", "gauge", "histogram"].includes(type), type);
      } else family = name;
      continue;
    }
    const label = String.raw`[a-z_]+="(?:[^"\\\n]|\\["\\n])*"`;
    const value = new RegExp(String.raw`^([a-z_]+)((?:\{${label}(?:,${label})*\})?) (-?[0-9.e+-]+)$`).exec(
      line,
    );
    assert.ok(value, line);
    const [, name = "", labels = "", number] = value;
    const suffix = name.slice(family.length);
    assert.ok(
      name.startsWith(family) &&
        (type === "histogram" ? ["_bucket", "_sum", "_count"] : [""]).includes(suffix),
      line,
    );
    assert.ok(!values.has(name + labels), `${name}${labels} comes twice`);
    values.set(name + labels, Number(number));
  }
  return values;
}

Deno.test("/metrics tells Prometheus of requests by route, jobs by lane, workers and the database, the platform's admin alone", async () => {
  await using h = await harness();
  const admin = await h.person({ platformAdmin: true });
  const owner = await h.person();
  const job = defineJob({ name: "metrics.job", schema: z.object({}), lane: "bulk" });
  const inside = h.system.as({ workspaceId: owner.workspaceId });
  await inside.transact((tx) => enqueue(tx, job, {}));
  const runner = createRunner({
    context: h.system,
    lanes: { bulk: 1 },
    registry: createRegistry([handler(job, () => Promise.resolve())]),
  });
  await runner.start();
  await runner.idle();
  await runner.stop(0);
  await inside.transact((tx) => enqueue(tx, job, {}));
  h.clock.advance(5000);
  const odd = 'quo"te';
  await beatWorker(h.system, {
    id: "wrk_1",
    host: odd,
    pid: 1,
    lanes: { bulk: 3 },
    running: 2,
    cpu: 0.25,
    rssBytes: 1000,
    startedAt: 0,
  });
  await h.request("GET", "/api/auth/me", { token: owner.token });
  assert.equal((await h.request("GET", "/metrics")).status, 401);
  assert.equal((await h.request("GET", "/metrics", { token: owner.token })).status, 403);
  const answer = await h.request("GET", "/metrics", { token: admin.token });
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  const values = parse(answer.body);
  const is = (name: string, value: number) =>
    assert.equal(values.get(name), value, `${name}\n${answer.body}`);
  is('cauce_http_requests_total{route="/api/auth/me",status="2xx"}', 1);
  is('cauce_http_requests_total{route="/metrics",status="4xx"}', 2);
  is('cauce_http_request_duration_seconds_count{route="/api/auth/me"}', 1);
  is('cauce_http_request_duration_seconds_bucket{route="/api/auth/me",le="+Inf"}', 1);
  is('cauce_jobs_ready{lane="bulk"}', 1);
  is('cauce_jobs_oldest_ready_seconds{lane="bulk"}', 5);
  is('cauce_job_runs_total{job="metrics.job",lane="bulk",outcome="done"}', 1);
  is('cauce_job_wait_seconds_count{lane="bulk"}', 1);
  is('cauce_worker_running{worker="wrk_1",host="quo\\"te"}', 2);
  is('cauce_worker_capacity{worker="wrk_1",lane="bulk"}', 3);
  assert.ok((values.get("cauce_db_size_bytes") ?? 0) > 100_000);
  assert.ok((values.get("cauce_db_transactions_total") ?? 0) > 3);
  const buckets = [...values].filter(([name]) =>
    name.startsWith('cauce_job_wait_seconds_bucket{lane="bulk"')
  );
  assert.ok(
    buckets.length > 10 && buckets.every(([, value], i) => value >= (buckets[i - 1]?.[1] ?? 0)),
    "cumulative",
  );
});

Deno.test("each run of a job is one wide event, whatever it came to", async () => {
  await using h = await harness();
  const job = defineJob({
    name: "metrics.mixed",
    schema: z.object({ ok: z.boolean() }),
    lane: "bulk",
    attempts: 1,
  });
  for (const ok of [true, false]) await h.system.transact((tx) => enqueue(tx, job, { ok }));
  const runner = createRunner({
    context: h.system,
    lanes: { bulk: 1 },
    registry: createRegistry([
      handler(job, (_ctx, { ok }) => ok ? Promise.resolve() : Promise.reject(new Error("no such luck"))),
    ]),
  });
  h.clock.advance(1500);
  await runner.start();
  await runner.idle();
  await runner.stop(0);
  const { runs } = h.ports.log;
  assert.deepEqual(
    [...runs].sort((a, b) => a.outcome < b.outcome ? -1 : 1).map((
      { job, lane, attempt, outcome, wait_ms, worker },
    ) => [job, lane, attempt, outcome, wait_ms, worker]),
    ["dead", "done"].map((outcome) => ["metrics.mixed", "bulk", 1, outcome, 1500, runner.worker]),
  );
  assert.match(runs.find(({ outcome }) => outcome === "dead")?.error ?? "", /no such luck/);
});
