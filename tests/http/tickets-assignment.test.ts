import assert from "node:assert/strict";
import { harness } from "../support/harness.ts";
import { deskOf } from "../support/desk.ts";

Deno.test("a new ticket goes to the operator who is free and fits, and says why", async () => {
  await using h = await harness();
  const desk = deskOf(h, await h.person());
  const ana = await desk.operator("Ana", { skills: [{ name: "frio", level: 5 }] });
  await desk.operator("Luis");
  const category = await desk.call("POST", "/api/ticket-categories", {
    name: "Frío",
    skills: ["Frio"],
    priority: "high",
  });
  assert.equal(category.status, 201, JSON.stringify(category.body));
  const ticket = await desk.open({ category_id: category.body.id });
  assert.deepEqual([ticket.assignee_id, ticket.priority, ticket.category_id], [
    ana.id,
    "high",
    category.body.id,
  ]);
  const { body } = await desk.call("GET", `/api/tickets/${ticket.id}/assignment`);
  assert.deepEqual([body.assignee_id, body.assignment.decision, body.assignment.by], [
    ana.id,
    "assigned",
    "assignment",
  ]);
  assert.deepEqual(
    body.assignment.explanation.map(({ name, outcome }: Record<string, unknown>) => [name, outcome]),
    [["Ana", "chosen"], ["Luis", "skill_missing"]],
  );
  assert.equal((await desk.call("GET", `/api/operators/${ana.id}`)).body.load, 1);
});

Deno.test("what nobody can take is held, and given out the moment a place is free: the most urgent first, then the oldest", async () => {
  await using h = await harness();
  const desk = deskOf(h, await h.person());
  const ana = await desk.operator("Ana", { capacity: 1 });
  const first = await desk.open();
  const held = [
    await desk.open({ subject: "b" }),
    await desk.open({ subject: "c" }),
    await desk.open({ subject: "d", priority: "urgent" }),
  ];
  assert.equal(first.assignee_id, ana.id);
  assert.deepEqual(held.map(({ assignee_id }) => assignee_id), [null, null, null]);
  const { body } = await desk.call("GET", `/api/tickets/${held[0].id}/assignment`);
  assert.deepEqual([body.assignment.decision, body.assignment.explanation[0].outcome], ["held", "full"]);
  const holders = async () =>
    (await Promise.all(held.map(({ id }) => desk.ticket(id)))).map((one) => one.assignee_id);
  await desk.put(first.id, { state: "pending_customer" });
  await desk.settle();
  assert.deepEqual(await holders(), [null, null, ana.id], "who waits for the customer takes no place");
  await desk.put(held[2].id, { state: "resolved" });
  await desk.settle();
  assert.deepEqual(await holders(), [ana.id, null, ana.id]);
  await desk.call("PUT", `/api/operators/${ana.id}`, { capacity: 5 });
  await desk.settle();
  assert.deepEqual(await holders(), [ana.id, ana.id, ana.id]);
  assert.equal((await desk.call("GET", `/api/operators/${ana.id}`)).body.load, 2);
  const given = await desk.ticket(held[1].id);
  assert.deepEqual([given.history[0].action, given.history[0].changes.assignee_id.to], ["assigned", ana.id]);
});

Deno.test("many tickets opened at once share out the places, and none gets more than its capacity", async () => {
  await using h = await harness();
  const desk = deskOf(h, await h.person());
  for (const name of ["Ana", "Luis", "Eva"]) await desk.operator(name, { capacity: 4 });
  const tickets = await Promise.all(Array.from({ length: 20 }, (_, at) => desk.open({ subject: `t${at}` })));
  const loads = Map.groupBy(tickets, ({ assignee_id }) => assignee_id);
  assert.equal(loads.get(null)?.length, 8);
  const { body } = await desk.call("GET", "/api/operators");
  for (const { id, load, capacity } of body.data) {
    assert.deepEqual([load, loads.get(id)?.length], [capacity, capacity]);
  }
});

Deno.test("a ticket is given by name, to a team, and taken away; the places follow", async () => {
  await using h = await harness();
  const desk = deskOf(h, await h.person());
  const ana = await desk.operator("Ana", { capacity: 1 });
  const luis = await desk.operator("Luis");
  const { body: team } = await desk.call("POST", "/api/teams", { name: "Mesa", operator_ids: [luis.id] });
  const load = async (id: string) => (await desk.call("GET", `/api/operators/${id}`)).body.load;
  const ticket = await desk.open({ assignee_id: ana.id });
  const another = await desk.open({ assignee_id: ana.id });
  assert.equal(await load(ana.id), 2, "a person may give more than the capacity");
  assert.equal(
    (await desk.call("GET", `/api/tickets/${another.id}/assignment`)).body.assignment.decision,
    "given",
  );
  const moved = await desk.put(ticket.id, { team_id: team.id });
  assert.deepEqual([moved.body.team_id, moved.body.assignee_id], [team.id, luis.id]);
  assert.deepEqual([await load(ana.id), await load(luis.id)], [1, 1]);
  const away = await desk.put(ticket.id, { assignee_id: null });
  assert.deepEqual([away.body.assignee_id, await load(luis.id)], [null, 0]);
  const back = await desk.call("POST", `/api/tickets/${ticket.id}/assign`);
  assert.deepEqual([back.status, back.body.assignee_id], [200, luis.id]);
  for (
    const bad of [{ assignee_id: "opr_none" }, { team_id: "tea_none" }, { category_id: "tca_none" }, {
      client_id: "cli_none",
    }]
  ) {
    const answer = await desk.put(ticket.id, bad);
    assert.deepEqual([answer.status, answer.body.errors[0].path], [422, Object.keys(bad)[0]]);
  }
  await desk.put(ticket.id, { state: "resolved" });
  assert.equal((await desk.call("POST", `/api/tickets/${ticket.id}/assign`)).status, 409);
  await desk.call("PUT", "/api/ticket-settings", { auto_assign: false });
  assert.equal((await desk.open()).assignee_id, null);
});

Deno.test("a ticket that is opened again stays with its operator while that one is free for it, else goes to another", async () => {
  await using h = await harness();
  const desk = deskOf(h, await h.person());
  const ana = await desk.operator("Ana");
  const ticket = await desk.open();
  await desk.put(ticket.id, { state: "resolved" });
  const luis = await desk.operator("Luis");
  const stays = await desk.put(ticket.id, { state: "open" });
  assert.deepEqual([stays.body.assignee_id, stays.body.reopens, stays.body.resolved_at], [ana.id, 1, null]);
  await desk.put(ticket.id, { state: "resolved" });
  await desk.call("PUT", `/api/operators/${ana.id}/presence`, { presence: "offline" });
  assert.equal((await desk.put(ticket.id, { state: "open" })).body.assignee_id, luis.id);
  await desk.call("DELETE", `/api/operators/${luis.id}?unassign=true`);
  await desk.settle();
  assert.equal((await desk.ticket(ticket.id)).assignee_id, null, "of who is gone nobody waits");
});

Deno.test("the operator who gets a ticket is told, who watches hears of comments and states, who is mentioned of that", async () => {
  await using h = await harness();
  const owner = await h.person();
  const desk = deskOf(h, owner);
  const [ana, eva, luis] = await Promise.all(
    [1, 2, 3].map(() => h.person({ workspaceId: owner.workspaceId, role: "operator" })),
  );
  assert.ok(ana && eva && luis);
  await desk.operator("Ana", { user_id: ana.userId });
  const ticket = await desk.open();
  const watch = await desk.call("POST", `/api/tickets/${ticket.id}/watchers`, { user_id: eva.userId });
  assert.deepEqual([watch.status, watch.body.user_ids], [200, [eva.userId]]);
  const bad = await desk.call("POST", `/api/tickets/${ticket.id}/watchers`, { user_id: "usr_none" });
  assert.deepEqual([bad.status, bad.body.errors[0].path], [422, "user_id"]);
  await desk.call("POST", `/api/tickets/${ticket.id}/comments`, { text: `@${luis.userId} mira` });
  await desk.put(ticket.id, { state: "pending_internal" });
  await desk.settle();
  await desk.settle();
  const told = async (token: string) => {
    const { body } = await h.request("GET", "/api/notifications", { token });
    return body.data.map(({ subject }: { subject: string }) => subject).sort();
  };
  assert.deepEqual(await told(ana.token), [
    "T-1 cambió de estado",
    "T-1 es suyo: El aire no enfría",
    "T-1: comentario nuevo",
  ]);
  assert.deepEqual(await told(eva.token), ["T-1 cambió de estado", "T-1: comentario nuevo"]);
  assert.deepEqual(await told(luis.token), ["Le mencionaron en T-1"]);
  assert.deepEqual(await told(owner.token), [], "who did it needs not be told");
  const gone = await desk.call("DELETE", `/api/tickets/${ticket.id}/watchers?user_id=${eva.userId}`);
  assert.deepEqual(gone.body.user_ids, []);
});

Deno.test("a team that nobody serves holds up no other team's backlog", async () => {
  await using h = await harness();
  const desk = deskOf(h, await h.person());
  const { body: empty } = await desk.call("POST", "/api/teams", { name: "Vacía" });
  const { body: team } = await desk.call("POST", "/api/teams", { name: "Mesa" });
  for (let at = 0; at < 130; at++) await desk.open({ team_id: empty.id, priority: "urgent" });
  const ticket = await desk.open({ team_id: team.id, priority: "low" });
  assert.equal(ticket.assignee_id, null);
  const ana = await desk.operator("Ana", { team_ids: [team.id] });
  await desk.settle();
  assert.equal((await desk.ticket(ticket.id)).assignee_id, ana.id);
});
