import assert from "node:assert/strict";
import { runRules } from "../../../lib/rules/mod.ts";
import { latestSeq } from "../../../lib/events/mod.ts";
import { harness } from "../../support/harness.ts";
import { openDesk } from "./desk.ts";
import { URGENT } from "./urgent.ts";

Deno.test("the second delivery of an event does nothing again", async () => {
  await using h = await harness();
  const desk = await openDesk(h);
  await desk.rule({});
  const { id } = await desk.send("POST", "/api/tickets", { subject: "x", priority: "low" });
  await desk.settle();
  const inside = h.system.as({ workspaceId: desk.person.workspaceId });
  for (let seq = 1; seq <= await latestSeq(inside); seq++) await runRules(inside, { seq });
  assert.equal((await desk.send("GET", `/api/tickets/${id}`)).priority, "normal");
  assert.equal((await desk.runs()).length, 1);
});

Deno.test("a rule is never called by what its own actions caused, so two that call each other come to rest", async () => {
  await using h = await harness();
  const desk = await openDesk(h);
  const changed = { event: "ticket.changed" } as const;
  await desk.rule({
    name: "A",
    when: changed,
    actions: [{ type: "add_labels", labels: ["a"] }, { type: "raise_priority" }],
  });
  await desk.rule({ name: "B", when: changed, actions: [{ type: "remove_labels", labels: ["a"] }] });
  const { id } = await desk.send("POST", "/api/tickets", { subject: "x", priority: "low" });
  await desk.send("PUT", `/api/tickets/${id}`, { labels: ["b"] });
  await desk.settle();
  assert.equal(
    (await desk.send("GET", `/api/tickets/${id}`)).priority,
    "high",
    "by the change, and by what B did",
  );
  const runs = await desk.runs();
  assert.ok(runs.includes("ticket.changed loop"));
  assert.ok(runs.filter((run) => run === "ticket.changed done").length <= 6, runs.join());
});

Deno.test("a rule that is called again and again about one ticket stops acting for the hour", async () => {
  await using h = await harness();
  const desk = await openDesk(h);
  await desk.rule({ when: { event: "ticket.commented" }, actions: [{ type: "add_labels", labels: ["x"] }] });
  const { id } = await desk.send("POST", "/api/tickets", URGENT);
  for (let i = 0; i < 25; i++) await desk.send("POST", `/api/tickets/${id}/comments`, { text: `${i}` });
  await desk.settle();
  const runs = await desk.runs();
  assert.equal(runs.filter((run) => run.endsWith("done")).length, 20);
  assert.equal(runs.filter((run) => run.endsWith("throttled")).length, 5);
});

Deno.test("a rule acts twenty times an hour on one ticket, and again once those are an hour ago, however often it was asked since", async () => {
  await using h = await harness();
  const desk = await openDesk(h);
  await desk.rule({
    when: { event: "ticket.changed" },
    actions: [{ type: "notify", to: ["assignee"], subject: "x", message: "x" }],
  });
  const { id } = await desk.send("POST", "/api/tickets", { subject: "Fuga" });
  for (let n = 0; n < 85; n++) {
    await desk.send("PUT", `/api/tickets/${id}`, { subject: `Fuga ${n}` });
    await desk.pass(1);
  }
  const runs = await desk.runs();
  const done = runs.flatMap((run, at) => run.endsWith(" done") ? [at] : []);
  assert.deepEqual(done.slice(0, 20), Array.from({ length: 20 }, (_, at) => at));
  assert.ok(done.length > 35, `${done.length} times: ${done}`);
});
