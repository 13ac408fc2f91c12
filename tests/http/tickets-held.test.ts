import assert from "node:assert/strict";
import { HOUR } from "../../lib/kernel/clock.ts";
import { type Desk, deskOf } from "../support/desk.ts";
import { harness } from "../support/harness.ts";

async function made(desk: Desk, path: string, body: Record<string, unknown>) {
  const answer = await desk.call("POST", path, body);
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return answer.body;
}

async function changed(desk: Desk, path: string, body: Record<string, unknown>) {
  const answer = await desk.call("PUT", path, body);
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  await desk.settle();
}

const holderOf = async (desk: Desk, { id }: { id: string }) => (await desk.ticket(id)).assignee_id;

Deno.test("what nobody had while it waited goes to whoever is free when it has to be worked on again", async () => {
  await using h = await harness();
  const desk = deskOf(h, await h.person());
  const [asked, planned, solved] = [await desk.open(), await desk.open(), await desk.open()];
  const at = new Date(h.clock.now() + HOUR).toISOString();
  await desk.put(asked.id, { state: "pending_customer" });
  await desk.put(planned.id, { state: "scheduled", scheduled_for: at });
  await desk.put(solved.id, { state: "resolved" });
  const ana = await desk.operator("Ana");
  await desk.settle();
  assert.deepEqual(await Promise.all([asked, planned, solved].map((one) => holderOf(desk, one))), [
    null,
    null,
    null,
  ]);
  await changed(desk, `/api/tickets/${asked.id}`, { state: "open" });
  await changed(desk, `/api/tickets/${solved.id}`, { state: "open" });
  h.clock.advance(2 * HOUR);
  await desk.settle();
  for (const one of [asked, planned, solved]) assert.equal(await holderOf(desk, one), ana.id);
  assert.equal((await desk.call("GET", `/api/operators/${ana.id}`)).body.load, 3);
  await desk.put(asked.id, { state: "pending_customer", assignee_id: null });
  await changed(desk, `/api/tickets/${asked.id}`, { state: "open", assignee_id: null });
  assert.equal(await holderOf(desk, asked), null, "who says that nobody has it is heeded");
});

Deno.test("what is held is given out when less is asked of whoever takes it", async () => {
  await using h = await harness();
  const desk = deskOf(h, await h.person());
  const luis = await desk.operator("Luis", { capacity: 100 });
  const full = await desk.operator("Full", { capacity: 0 });
  const [cold, hot] = [
    await made(desk, "/api/ticket-categories", { name: "Frío", skills: ["frio"] }),
    await made(desk, "/api/ticket-categories", { name: "Calor", skills: ["calor"] }),
  ];
  const [busy, expert] = [
    await made(desk, "/api/teams", { name: "Llena", operator_ids: [full.id] }),
    await made(desk, "/api/teams", { name: "Gas", operator_ids: [luis.id], skills: ["gas"] }),
  ];
  const held = {
    moved: await desk.open({ category_id: cold.id }),
    eased: await desk.open({ category_id: cold.id }),
    bare: await desk.open({ category_id: hot.id }),
    pressed: await desk.open({ team_id: busy.id }),
    freed: await desk.open({ team_id: expert.id }),
  };
  await desk.settle();
  for (const one of Object.values(held)) assert.equal(await holderOf(desk, one), null);
  await changed(desk, `/api/tickets/${held.moved.id}`, { category_id: null });
  assert.equal(await holderOf(desk, held.moved), luis.id);
  await changed(desk, `/api/ticket-categories/${cold.id}`, { skills: [] });
  assert.equal(await holderOf(desk, held.eased), luis.id);
  await desk.call("DELETE", `/api/ticket-categories/${hot.id}`);
  await desk.settle();
  assert.equal(await holderOf(desk, held.bare), luis.id);
  await changed(desk, `/api/teams/${busy.id}`, { when_busy: "assign_anyway" });
  assert.equal(await holderOf(desk, held.pressed), full.id);
  await changed(desk, `/api/teams/${expert.id}`, { skills: [] });
  assert.equal(await holderOf(desk, held.freed), luis.id);
});

Deno.test("a desk that begins to give tickets out gives out what it has, also more than one turn's", async () => {
  await using h = await harness();
  const desk = deskOf(h, await h.person());
  await desk.call("PUT", "/api/ticket-settings", { auto_assign: false });
  const luis = await desk.operator("Luis", { capacity: 1000 });
  for (let i = 0; i < 130; i++) await desk.open({ subject: `Ticket ${i}` });
  // Else what Luis's coming left to do would give it out.
  await desk.settle();
  await changed(desk, "/api/ticket-settings", { auto_assign: true });
  const load = async (id: string) => (await desk.call("GET", `/api/operators/${id}`)).body.load;
  assert.equal(await load(luis.id), 130);
  const eva = await desk.operator("Eva", { capacity: 1000 });
  const left = await desk.call("POST", `/api/operators/${luis.id}/deactivate`, { unassign: true });
  assert.equal(left.status, 200, JSON.stringify(left.body));
  await desk.settle();
  assert.deepEqual([await load(luis.id), await load(eva.id)], [0, 130]);
});

Deno.test("where the desk gives nothing out, what a removed operator had solved is opened again and nobody has it", async () => {
  await using h = await harness();
  const desk = deskOf(h, await h.person());
  const ana = await desk.operator("Ana");
  const eva = await desk.operator("Eva");
  await desk.call("PUT", "/api/ticket-settings", { auto_assign: false });
  const [gone, stays] = [await desk.open({ assignee_id: ana.id }), await desk.open({ assignee_id: eva.id })];
  for (const { id } of [gone, stays]) await desk.put(id, { state: "resolved" });
  assert.equal((await desk.call("DELETE", `/api/operators/${ana.id}`)).status, 204);
  for (const { id } of [gone, stays]) await changed(desk, `/api/tickets/${id}`, { state: "open" });
  assert.deepEqual([await holderOf(desk, gone), await holderOf(desk, stays)], [null, eva.id]);
});
