import assert from "node:assert/strict";
import { DAY } from "../../lib/kernel/clock.ts";
import { tellCall } from "../support/call-hook.ts";
import { harness } from "../support/harness.ts";
import { caller, paths } from "./caller.ts";
import { START } from "./calls-world.ts";

Deno.test("a call of a year that means nothing, or of next week, is refused by name, by the hook, the API and an import", async () => {
  await using h = await harness();
  const call = caller(h, await h.person());
  const { body: secret } = await call("POST", "/api/calls/settings/secret");
  const week = new Date(h.clock.now() + 7 * DAY).toISOString();
  for (const at of ["0000-01-01T00:00:00Z", "1969-12-31T23:59:59Z", "9999-12-31T23:59:59Z", week]) {
    const event = { call_id: `c-${at}`, event: "ringing", direction: "in", from: "+528112345678", at };
    const hook = await tellCall(h, secret, event);
    assert.deepEqual([hook.status, paths(hook.body)], [422, ["at"]], at);
    const logged = await call("POST", "/api/calls", { direction: "in", started_at: at });
    assert.deepEqual([logged.status, paths(logged.body)], [422, ["started_at"]], at);
  }
  const file = `direction,started_at\nin,9999-12-31T23:59:59Z\nin,2026-01-05T10:00:00Z\nin,${week}\n`;
  const report = (await call("POST", "/api/calls/import", { csv: file })).body;
  assert.deepEqual(
    [report.created, report.failed, report.errors.map(({ line }: { line: number }) => line)],
    [1, 2, [2, 4]],
    JSON.stringify(report),
  );
  const twice = (await call("POST", "/api/calls", { direction: "in", started_at: "ayer" })).body;
  assert.equal(twice.errors.length, 1, "what is no time is not also of a wrong year");
  const late = await call("POST", "/api/visits", { subject: "x", starts_at: "9999-01-01T00:00:00Z" });
  assert.deepEqual([late.status, paths(late.body)], [422, ["starts_at"]]);
});

const CSV = [
  "sentido;telefono;fecha;duracion;agente;notas",
  "entrante;+52 81 1234 5678;2026-01-05 09:00;1:35;ana@aurora.example;ok",
  "perdida;+52 81 1234 5678;2026-01-05T15:30:00Z;;;",
  "hacia arriba;x;2026-01-05 09:00;5;;",
  "saliente;+1 212 555 0100;2026-02-31 09:00;cinco;;",
  "saliente;+1 212 555 0100;2026-01-05 10:00;5;nadie@x.example;",
].join("\n");

Deno.test("an import of calls reads a business's own clock and words, reports bad lines, and doubles nothing", async () => {
  await using h = await harness();
  const call = caller(h, await h.person());
  await call("PUT", "/api/business/config", { timezone: "America/Monterrey" });
  const { body: ana } = await call("POST", "/api/operators", { name: "Ana", email: "ana@aurora.example" });
  const first = await call("POST", "/api/calls/import", { csv: CSV });
  assert.equal(first.status, 200, JSON.stringify(first.body));
  const { errors, ...counts } = first.body;
  assert.deepEqual(counts, { created: 2, updated: 0, failed: 3, ignored_columns: [] });
  assert.deepEqual(errors.map(({ line, column }: Record<string, unknown>) => [line, column]), [
    [4, "sentido"],
    [5, "fecha"],
    [5, "duracion"],
    [6, "operator"],
  ]);
  const { data } = (await call("GET", "/api/calls")).body;
  assert.deepEqual(
    data.map((
      one: Record<string, unknown>,
    ) => [one["state"], one["started_at"], one["duration_s"], one["operator_id"]]),
    [["missed", "2026-01-05T15:30:00.000Z", 0, null], ["completed", START, 95, ana.id]],
  );
  await call("PUT", `/api/calls/${data[0].id}`, { outcome: "Se devolvió" });
  const again = (await call("POST", "/api/calls/import", { csv: CSV })).body;
  assert.equal(
    (await call("GET", `/api/calls/${data[0].id}`)).body.outcome,
    "Se devolvió",
    "what people added stays",
  );
  assert.deepEqual([again.created, again.updated], [0, 2]);
  assert.equal((await call("POST", "/api/calls/import", { csv: "a,b\n1,2" })).status, 422);
});
