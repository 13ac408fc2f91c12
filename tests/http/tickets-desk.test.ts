import assert from "node:assert/strict";
import { MINUTE } from "../../lib/kernel/clock.ts";
import { harness } from "../support/harness.ts";
import { deskOf } from "../support/desk.ts";
import { textsOf } from "./tickets-world.ts";

Deno.test("custom fields are checked by their types, each wrong one named, and required of who opens a ticket", async () => {
  await using h = await harness();
  const desk = deskOf(h, await h.person());
  const fields = [
    { key: "modelo", label: "Modelo", type: "select", options: ["A", "B"], required: true },
    { key: "piezas", label: "Piezas", type: "integer" },
    { key: "compra", label: "Compra", type: "date" },
  ];
  assert.equal((await desk.call("PUT", "/api/ticket-settings", { fields })).status, 200);
  const wrong = await desk.call("PUT", "/api/ticket-settings", {
    fields: [{ key: "X y", label: "", type: "select" }, fields[0], fields[0]],
  });
  assert.deepEqual(
    [wrong.status, wrong.body.errors.map(({ path }: { path: string }) => path).sort()],
    [422, ["fields.0.key", "fields.0.label", "fields.0.options", "fields.2.key"]],
  );
  const bad = await desk.call("POST", "/api/tickets", {
    subject: "x",
    fields: { piezas: 1.5, compra: "2026-02-31", color: "rojo" },
  });
  assert.equal(bad.status, 422);
  assert.deepEqual(
    bad.body.errors.map(({ path }: { path: string }) => path).sort(),
    ["fields.color", "fields.compra", "fields.modelo", "fields.piezas"],
  );
  const ticket = await desk.open({ fields: { modelo: "A", piezas: 2, compra: "2026-02-28" } });
  const changed = await desk.put(ticket.id, { fields: { piezas: null, modelo: "B" } });
  assert.deepEqual(changed.body.fields, { modelo: "B", compra: "2026-02-28" });
  assert.equal((await desk.put(ticket.id, { fields: { modelo: null } })).status, 422);
});

Deno.test("a bulk change says of each ticket what became of it", async () => {
  await using h = await harness();
  const desk = deskOf(h, await h.person());
  const foreign = await deskOf(h, await h.person()).open();
  const tickets = await Promise.all(Array.from({ length: 60 }, () => desk.open()));
  const [first] = tickets;
  await desk.put(first.id, { state: "closed" });
  const ids = [...tickets.map(({ id }) => id), foreign.id, first.id];
  const answer = await desk.call("POST", "/api/tickets/bulk", {
    ticket_ids: ids,
    actions: [{ type: "set_state", state: "open" }, { type: "add_labels", labels: ["masa"] }],
  });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  const outcomes: { ok: boolean; problem: { code: string } | null }[] = answer.body.data;
  assert.equal(outcomes.length, 61, "each once");
  assert.equal(outcomes.filter(({ ok }) => ok).length, 59);
  assert.deepEqual([outcomes[0]?.problem?.code, outcomes[60]?.problem?.code], ["conflict", "not_found"]);
  const again = { ticket_ids: [ids[1]], actions: [{ type: "set_state", state: "new" }] };
  const { body: illegal } = await desk.call("POST", "/api/tickets/bulk", again);
  const { body: alone } = await desk.put(ids[1], { state: "new" });
  assert.ok(alone.allowed.length > 0);
  assert.deepEqual(illegal.data[0].problem.allowed, alone.allowed, "what would be legal, as for one");
  const { body } = await desk.call("GET", "/api/tickets?label=masa&with_total=true");
  assert.equal(body.total.count, 59);
  const many = { ticket_ids: Array(501).fill("t"), actions: [{ type: "explode" }] };
  const bad = await desk.call("POST", "/api/tickets/bulk", many);
  assert.deepEqual(
    [bad.status, bad.body.errors.map(({ path }: { path: string }) => path).sort()],
    [422, ["actions.0.type", "ticket_ids"]],
  );
});

Deno.test("a merged ticket hands its comments over and is closed; a split one takes some along", async () => {
  await using h = await harness();
  const desk = deskOf(h, await h.person());
  const ana = await desk.operator("Ana");
  const [target, source] = [await desk.open({ labels: ["a"] }), await desk.open({ labels: ["b"] })];
  const comments: { id: string }[] = [];
  for (const text of ["uno", "dos"]) {
    comments.push((await desk.call("POST", `/api/tickets/${source.id}/comments`, { text })).body);
  }
  const merge = (id: string, into: string) => desk.call("POST", `/api/tickets/${id}/merge`, { into });
  assert.equal((await merge(source.id, source.id)).status, 422);
  assert.equal((await merge(source.id, "tkt_none")).status, 422);
  const merged = await merge(source.id, target.id);
  assert.deepEqual([merged.status, merged.body.id, merged.body.labels], [200, target.id, ["a", "b"]]);
  const gone = await desk.ticket(source.id);
  assert.deepEqual([gone.state, gone.merged_into], ["closed", target.id]);
  assert.equal((await desk.call("GET", `/api/operators/${ana.id}`)).body.load, 1);
  assert.deepEqual(textsOf((await desk.call("GET", `/api/tickets/${target.id}/comments`)).body), [
    "uno",
    "dos",
  ]);
  const late = await desk.call("POST", `/api/tickets/${source.id}/comments`, { text: "tres" });
  assert.deepEqual([late.status, late.body.merged_into], [409, target.id]);
  assert.equal((await merge(source.id, target.id)).status, 409);
  const links = await desk.call("GET", `/api/tickets/${target.id}/links`);
  assert.deepEqual(links.body.data.map(({ id, relation }: Record<string, unknown>) => [id, relation]), [
    [source.id, "merged"],
  ]);
  const none = await desk.call("POST", `/api/tickets/${target.id}/split`, {
    subject: "Otro",
    comment_ids: ["cmt_x"],
  });
  assert.deepEqual([none.status, none.body.errors[0].path], [422, "comment_ids"]);
  const split = await desk.call("POST", `/api/tickets/${target.id}/split`, {
    subject: "Otro",
    comment_ids: [comments[1]?.id],
  });
  assert.deepEqual([split.status, split.body.number, split.body.follows_id], [201, 3, target.id]);
  assert.deepEqual(textsOf((await desk.call("GET", `/api/tickets/${split.body.id}/comments`)).body), ["dos"]);
  const { body: history } = await desk.call("GET", `/api/tickets/${target.id}/history`);
  assert.deepEqual(history.data.map(({ action }: { action: string }) => action).slice(0, 2), [
    "split",
    "merged",
  ]);
  const linked = await desk.call("POST", `/api/tickets/${split.body.id}/links`, {
    kind: "ticket",
    id: source.id,
  });
  assert.equal(linked.status, 201);
  const away = `/api/tickets/${split.body.id}/links/${source.id}`;
  assert.equal((await desk.call("DELETE", away)).status, 204);
  assert.equal((await desk.call("DELETE", away)).status, 404);
});

Deno.test("the figures of the desk count what there is", async () => {
  await using h = await harness();
  const desk = deskOf(h, await h.person());
  await desk.call("POST", "/api/sla-policies", {
    name: "Oro",
    targets: { first_response: { normal: 60, urgent: 10 } },
    counts: "wall",
    default: true,
  });
  const first = await desk.open({ priority: "urgent" });
  await desk.open();
  await desk.put(first.id, { labels: ["x"] });
  const { due_at } = await desk.ticket(first.id);
  assert.equal(due_at, new Date(h.clock.now() + 10 * MINUTE).toISOString());
  h.clock.advance(11 * MINUTE);
  const { body } = await desk.call("GET", "/api/tickets/stats");
  const counts = (figures: Record<string, { count: number }>) =>
    Object.fromEntries(
      Object.entries(figures).filter(([, { count }]) => count > 0).map(([k, { count }]) => [k, count]),
    );
  assert.deepEqual(
    [
      counts(body.states),
      counts(body.priorities),
      body.live.count,
      body.unassigned.count,
      body.overdue.count,
    ],
    [{ new: 2 }, { normal: 1, urgent: 1 }, 2, 2, 1],
  );
  const late = await desk.call("GET", "/api/tickets?overdue=true");
  assert.deepEqual(late.body.data.map(({ id, overdue }: Record<string, unknown>) => [id, overdue]), [[
    first.id,
    true,
  ]]);
});
