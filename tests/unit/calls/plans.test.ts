import assert from "node:assert/strict";
import { tellMissed } from "../../../lib/calls/mod.ts";
import { at, openVisits } from "../../http/visits-world.ts";
import { plansOf } from "../../support/plans.ts";

const NUMBER = "+34600111222";

Deno.test("calls of one number, a later page of calls, the ticket of missed ones, and what an operator still has are read without all the others", async () => {
  await using w = await openVisits();
  const { call, ana, h } = w;
  const ok = async (method: string, path: string, body?: unknown) => {
    const answer = await call(method, path, body);
    assert.ok(answer.status < 300, `${method} ${path} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  for (const [phone, hour] of [[NUMBER, 8], [NUMBER, 7], ["+34600111223", 6]] as const) {
    await ok("POST", "/api/calls", { direction: "in", phone, started_at: at(hour), duration_s: 5 });
  }
  await ok("POST", "/api/visits", { subject: "Horno", starts_at: at(12), operator_id: ana });
  const found: unknown[] = [];
  const { client } = h.ports.database;
  const { next_cursor } = await ok("GET", "/api/calls?limit=1");
  await ok("PUT", "/api/calls/settings", { ticket_on_missed: true });
  const missed = await ok("POST", "/api/calls", {
    direction: "in",
    phone: NUMBER,
    client_id: w.client,
    started_at: at(9),
    duration_s: 0,
  });
  const inside = h.system.as({ workspaceId: w.owner.workspaceId });
  const planned = await plansOf(client, async () => {
    await tellMissed(inside, { callId: missed.id });
    found.push(...(await ok("GET", `/api/calls?phone=${encodeURIComponent(NUMBER)}`)).data);
    found.push(...(await ok("GET", `/api/calls?limit=1&cursor=${next_cursor}`)).data);
    assert.equal((await call("POST", `/api/operators/${ana}/deactivate`, {})).status, 409);
  });
  const starts = found.map((one) => Object(one).started_at);
  assert.deepEqual(starts, [9, 8, 7, 7].map((hour) => new Date(at(hour)).toISOString()));
  const walks = planned.filter(({ plan }) =>
    /^(SCAN|SEARCH) (calls|visits) USING INDEX \w+ \(workspace_id=\?\)$/m.test(plan)
  );
  assert.deepEqual(walks, []);
  for (const index of ["calls_phone", "calls_missed_phone", "calls_missed_client", "visits_operator"]) {
    assert.ok(planned.some(({ plan }) => plan.includes(index)), index);
  }
});
