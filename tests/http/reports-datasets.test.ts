import assert from "node:assert/strict";
import { harness } from "../support/harness.ts";
import { logCall } from "../../lib/calls/mod.ts";
import { createOperator } from "../../lib/operators/mod.ts";
import { createVisit } from "../../lib/visits/mod.ts";
import { openTicket, updateTicket } from "../../lib/tickets/mod.ts";
import { DAY, HOUR, iso } from "../../lib/kernel/clock.ts";

Deno.test("the report on visits has those that have a time", async () => {
  await using h = await harness();
  const ana = await h.person();
  const { id: operator_id } = await createOperator(ana.ctx, { name: "Ana" });
  const starts_at = iso(Math.ceil(h.clock.now() / DAY) * DAY + DAY);
  await createVisit(ana.ctx, { subject: "Horno", operator_id, starts_at, anyway: true });
  await createVisit(ana.ctx, { subject: "Algún día" });
  const { body } = await h.request("GET", "/api/reports/visits", { token: ana.token });
  assert.deepEqual(
    body.data.map(({ subject, operator, state }: Record<string, string>) => [subject, operator, state]),
    [["Horno", "Ana", "scheduled"]],
  );
});

Deno.test("the reports on tickets and operators come from the same rows", async () => {
  await using h = await harness();
  const ana = await h.person();
  const opened = [];
  for (const subject of ["Fuga", "Ruido"]) {
    opened.push(await openTicket(ana.ctx, { subject, description: "", labels: ["b", "a"] }));
  }
  h.clock.advance(HOUR);
  await updateTicket(ana.ctx, { ticketId: opened[0]?.id ?? "", state: "resolved" });
  const rows = await h.request(
    "GET",
    "/api/v1/reports/tickets?columns=number,subject,resolution_time,labels",
    {
      token: ana.token,
    },
  );
  assert.deepEqual(rows.body.data, [
    { number: 1, subject: "Fuga", resolution_time: 3600, labels: "b, a" },
    { number: 2, subject: "Ruido", resolution_time: null, labels: "b, a" },
  ]);
  const grouped = await h.request("GET", "/api/v1/reports/operators", { token: ana.token });
  assert.deepEqual(grouped.body.data, [{
    assignee_id: null,
    assignee: null,
    count: 2,
    sum_resolved: 1,
    sum_reopens: 0,
    avg_first_response_time: null,
    avg_resolution_time: 3600,
  }]);
});

Deno.test("the reports on calls and promises come from their rows", async () => {
  await using h = await harness();
  const ana = await h.person();
  const started = h.clock.now() - HOUR;
  await logCall(ana.ctx, {
    direction: "in",
    phone: "+528112345678",
    started_at: iso(started),
    answered_at: iso(started + 10_000),
    ended_at: iso(started + 70_000),
  });
  const calls = await h.request("GET", "/api/v1/reports/calls?columns=direction,waited,talked,missed", {
    token: ana.token,
  });
  assert.deepEqual(calls.body.data, [{ direction: "in", waited: 10, talked: 60, missed: false }]);
  const sla = await h.request("GET", "/api/v1/reports/sla", { token: ana.token });
  assert.deepEqual([sla.status, sla.body.data], [200, []]);
  for (const dataset of ["calls", "sla", "tickets", "conversations"]) {
    const all = await h.request("GET", `/api/reports/analytics?dataset=${dataset}`, { token: ana.token });
    assert.equal(all.status, 200, dataset);
  }
  const catalogue = await h.request("GET", "/api/reports/catalogue", { token: ana.token });
  for (const { dataset, columns } of catalogue.body.data) {
    const body = { dataset, columns: columns.map(({ name }: { name: string }) => name) };
    const every = await h.request("POST", "/api/reports/custom", { token: ana.token, body });
    assert.equal(every.status, 200, `every column of ${dataset}: ${JSON.stringify(every.body)}`);
  }
});
