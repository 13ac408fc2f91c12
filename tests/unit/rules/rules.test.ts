import assert from "node:assert/strict";
import { rulesConsumer, runRules, updateRule } from "../../../lib/rules/mod.ts";
import { AppError, invalid } from "../../../lib/kernel/errors.ts";
import { latestSeq, readEvents } from "../../../lib/events/mod.ts";
import { harness } from "../../support/harness.ts";
import { openDesk } from "./desk.ts";

const URGENT = { subject: "Hay una fuga", priority: "high" };

Deno.test("a rule acts on the event that it waits for when its conditions hold, and says so in its runs", async () => {
  await using h = await harness();
  const desk = await openDesk(h);
  await desk.rule({
    conditions: { field: "ticket.subject", operator: "contains", value: "fuga" },
    actions: [
      { type: "raise_priority" },
      { type: "add_labels", labels: ["fuga"] },
      { type: "comment", text: "Puede ser una emergencia" },
    ],
  });
  const other = await desk.send("POST", "/api/tickets", { subject: "Cotización" });
  const { id } = await desk.send("POST", "/api/tickets", URGENT);
  await desk.settle();
  const ticket = await desk.send("GET", `/api/tickets/${id}`);
  assert.deepEqual([ticket.priority, ticket.labels], ["urgent", ["fuga"]]);
  assert.equal(ticket.history.at(-1)?.action, "opened");
  assert.ok(ticket.history.slice(0, -1).every(({ actor_id }) => /^system:rule\.rrn_/.test(actor_id)));
  assert.equal((await desk.send("GET", `/api/tickets/${other.id}`)).priority, "normal");
  assert.deepEqual(await desk.runs(), ["ticket.opened done"]);
});

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

Deno.test("actions are done all or none: one that is not legal leaves the ticket as it was, and is recorded", async () => {
  await using h = await harness();
  const desk = await openDesk(h);
  await desk.rule({
    when: { event: "ticket.state_changed" },
    conditions: { field: "change.to", operator: "is", value: "resolved" },
    actions: [{ type: "add_labels", labels: ["hecho"] }, { type: "set_state", state: "pending_internal" }],
  });
  const { id } = await desk.send("POST", "/api/tickets", URGENT);
  await desk.send("PUT", `/api/tickets/${id}`, { state: "resolved" });
  await desk.settle();
  const ticket = await desk.send("GET", `/api/tickets/${id}`);
  assert.deepEqual([ticket.state, ticket.labels], ["resolved", []]);
  assert.deepEqual(await desk.runs(), ["ticket.state_changed failed"]);
  const { data: [run] } = await desk.send("GET", "/api/rules/runs") as never as {
    data: { reason: string }[];
  };
  assert.match(run?.reason ?? "", /pending_internal/);
});

Deno.test("rules run in their order, and one that stops keeps the later ones from the event", async () => {
  await using h = await harness();
  const desk = await openDesk(h);
  const last = await desk.rule({ name: "later", actions: [{ type: "add_labels", labels: ["later"] }] });
  const first = await desk.rule({
    name: "first",
    stops: true,
    actions: [{ type: "add_labels", labels: ["first"] }],
  });
  await desk.send("PUT", "/api/rules/order", { rule_ids: [first, last] });
  const one = await desk.send("POST", "/api/tickets", URGENT);
  await desk.settle();
  assert.deepEqual((await desk.send("GET", `/api/tickets/${one.id}`)).labels, ["first"]);
  await updateRule(desk.person.ctx, { id: first, enabled: false });
  const two = await desk.send("POST", "/api/tickets", URGENT);
  await desk.settle();
  assert.deepEqual((await desk.send("GET", `/api/tickets/${two.id}`)).labels, ["later"]);
});

Deno.test("a rule of time acts when a ticket has been so for long enough, once, and not when it moved on", async () => {
  await using h = await harness();
  const desk = await openDesk(h);
  await desk.rule({ when: { since: "state", minutes: 30, counts: "wall" } });
  const stays = await desk.send("POST", "/api/tickets", { subject: "a", priority: "low" });
  const moves = await desk.send("POST", "/api/tickets", { subject: "b", priority: "low" });
  const ends = await desk.send("POST", "/api/tickets", { subject: "c", priority: "low" });
  await desk.pass(20);
  await desk.send("PUT", `/api/tickets/${moves.id}`, { state: "open" });
  await desk.send("PUT", `/api/tickets/${ends.id}`, { state: "resolved" });
  const priorities = async () =>
    await Promise.all(
      [stays, moves, ends].map(async ({ id }) => (await desk.send("GET", `/api/tickets/${id}`)).priority),
    );
  await desk.pass(15);
  assert.deepEqual(await priorities(), ["normal", "low", "low"]);
  await desk.pass(20);
  assert.deepEqual(await priorities(), ["normal", "normal", "low"]);
  await desk.pass(40);
  assert.deepEqual(await priorities(), ["normal", "normal", "low"]);
});

Deno.test("a rule of time counts business minutes, and looks at the tickets that are there when it is made", async () => {
  await using h = await harness();
  const desk = await openDesk(h);
  await desk.send("PUT", "/api/business/config", {
    timezone: "UTC",
    hours: { monday: [{ from: "09:00", to: "16:30" }], tuesday: [{ from: "09:00", to: "18:00" }] },
  });
  const { id } = await desk.send("POST", "/api/tickets", { subject: "a", priority: "low" });
  await desk.pass(10);
  await desk.rule({ when: { since: "customer_waits", minutes: 60 } });
  await desk.pass(120);
  assert.equal(
    (await desk.send("GET", `/api/tickets/${id}`)).priority,
    "low",
    "16:30 to 9:00 does not count",
  );
  h.clock.set(Date.UTC(2026, 0, 6, 9, 29));
  await desk.settle();
  assert.equal((await desk.send("GET", `/api/tickets/${id}`)).priority, "low");
  await desk.pass(1);
  assert.equal((await desk.send("GET", `/api/tickets/${id}`)).priority, "normal");
});

Deno.test("a rule of time that is to wait for less does so where it waits already, and looks once", async () => {
  await using h = await harness();
  const desk = await openDesk(h);
  const waiting = (minutes: number) => ({ when: { since: "state", minutes, counts: "wall" } as const });
  const labelling = (label: string) => [{ type: "add_labels" as const, labels: [label] }];
  const ids = [
    await desk.rule({ ...waiting(120), actions: labelling("a") }),
    await desk.rule({
      ...waiting(120),
      conditions: { all: [{ field: "ticket.labels", operator: "has", value: "tarde" }] },
      actions: labelling("b"),
    }),
  ];
  const { id } = await desk.send("POST", "/api/tickets", { subject: "x" });
  const labels = async () => (await desk.send("GET", `/api/tickets/${id}`)).labels;
  await desk.pass(10);
  for (const id of ids) await updateRule(desk.person.ctx, { id, ...waiting(30) });
  await desk.pass(19);
  assert.deepEqual(await labels(), []);
  await desk.pass(1);
  assert.deepEqual(await labels(), ["a"], "30 minutes after it was opened");
  await desk.send("PUT", `/api/tickets/${id}`, { labels: ["tarde"] });
  await desk.pass(100);
  assert.deepEqual(await labels(), ["tarde"], "nothing waits for the time that was said before");
});

Deno.test("silence counts from our last word, and the customer's answer ends it", async () => {
  await using h = await harness();
  const desk = await openDesk(h);
  await desk.rule({
    when: { since: "customer_silent", minutes: 15, counts: "wall" },
    actions: [{ type: "add_labels", labels: ["callado"] }],
  });
  const { id } = await desk.send("POST", "/api/tickets", URGENT);
  await desk.pass(20);
  await desk.send("POST", `/api/tickets/${id}/comments`, { text: "¿Sigue ahí?", visibility: "public" });
  await desk.pass(14);
  assert.deepEqual((await desk.send("GET", `/api/tickets/${id}`)).labels, []);
  await desk.pass(1);
  assert.deepEqual((await desk.send("GET", `/api/tickets/${id}`)).labels, ["callado"]);
});

Deno.test("an angry customer's message opens a ticket, and a broken promise tells who is named, each once", async () => {
  await using h = await harness();
  const desk = await openDesk(h);
  await desk.send("POST", "/api/sla-policies", {
    name: "Oro",
    counts: "wall",
    default: true,
    targets: { first_response: { urgent: 10 } },
  });
  await desk.rule({
    when: { event: "message.received" },
    conditions: { field: "message.sentiment", operator: "under", value: -0.5 },
    actions: [{ type: "open_ticket", subject: "Queja: {{message.text}}", priority: "urgent" }],
  });
  await desk.rule({
    when: { event: "sla.breached" },
    actions: [{
      type: "notify",
      to: [{ channel: "email", recipient: "jefe@aurora.example" }],
      subject: "{{ticket.reference}} vencido",
      message: "{{ticket.subject}} ({{sla.clock}})",
    }],
  });
  const say = (text: string) =>
    desk.send("POST", "/api/conversations", { contact: { external_id: "ana" }, text });
  await say("¿A qué hora abren?");
  await say("Pésimo servicio, nadie contesta");
  await desk.settle();
  await say("Es inaceptable");
  await desk.settle();
  const { data } = await desk.send("GET", "/api/tickets") as never as {
    data: { subject: string; source: string }[];
  };
  assert.deepEqual(data.map(({ subject, source }) => [subject, source]), [
    ["Queja: Pésimo servicio, nadie contesta", "rule"],
  ]);
  await desk.pass(12);
  const mails = h.ports.mail.sent.filter(({ to }) => JSON.stringify(to).includes("jefe@aurora.example"));
  assert.deepEqual(mails.map(({ subject }) => subject), ["T-1 vencido"]);
  assert.match(mails[0]?.text ?? "", /Queja: Pésimo.*\(primera respuesta\)/);
});

Deno.test("a comment that found no ticket yet keeps nobody from hearing what is done to the one that is opened then", async () => {
  await using h = await harness();
  const desk = await openDesk(h);
  await desk.rule({
    when: { event: "message.received" },
    actions: [
      { type: "comment", text: "Antes" },
      { type: "open_ticket", subject: "Queja" },
      { type: "set_state", state: "pending_internal" },
    ],
  });
  await desk.send("POST", "/api/conversations", { contact: { external_id: "ana" }, text: "Hola" });
  await desk.settle();
  const inside = h.system.as({ workspaceId: desk.person.workspaceId });
  const [moved] = await readEvents(inside, { after: 0, limit: 1, types: ["ticket.state_changed"] });
  assert.deepEqual([moved?.data["to"], moved?.data["comment_id"]], ["pending_internal", null]);
});

Deno.test("events of another workspace wake no rule", async () => {
  await using h = await harness();
  const [ours, theirs] = [await openDesk(h), await openDesk(h)];
  await ours.rule({});
  const { id } = await theirs.send("POST", "/api/tickets", { subject: "x" });
  await theirs.settle();
  assert.equal((await theirs.send("GET", `/api/tickets/${id}`)).priority, "normal");
  const inside = h.system.as({ workspaceId: theirs.person.workspaceId });
  const [event] = await readEvents(inside, { after: 0, limit: 1, types: ["ticket.opened"] });
  assert.ok(event !== undefined && rulesConsumer.name === "rules");
  await runRules(h.system.as({ workspaceId: ours.person.workspaceId }), { seq: event.seq });
  assert.deepEqual(await ours.runs(), []);
});

Deno.test("a rule may call a webhook of the public internet; a private address is refused when it is saved", async () => {
  const refused: string[] = [];
  const fetch = Object.assign(() => Promise.reject(new Error("nothing is called when saving")), {
    check: (url: string) => {
      if (new URL(url).hostname !== "10.0.0.1") return Promise.resolve();
      refused.push(url);
      return Promise.reject(invalid("url", "must be an address of the public internet"));
    },
  });
  await using h = await harness({ ports: { fetch } });
  const desk = await openDesk(h);
  const calls = (recipient: string) => [{
    type: "notify" as const,
    to: [{ channel: "webhook" as const, recipient }],
    subject: "{{ticket.reference}}",
    message: "{{ticket.subject}}",
  }];
  await assert.rejects(
    desk.rule({ actions: calls("http://10.0.0.1/hook") }),
    (thrown) => thrown instanceof AppError && thrown.errors[0]?.path === "actions.0.to.0.recipient",
  );
  const id = await desk.rule({ actions: calls("https://example.com/hook") });
  const change = { actions: calls("http://10.0.0.1/other") };
  await assert.rejects(desk.send("PATCH", `/api/rules/${id}`, change), /422/);
  assert.deepEqual(refused, ["http://10.0.0.1/hook", "http://10.0.0.1/other"]);
  await desk.send("POST", "/api/tickets", { subject: "Fuga" });
  await desk.settle();
  assert.deepEqual(await desk.runs(), ["ticket.opened done"]);
  const { data } = await desk.send(
    "GET",
    "/api/v3/advanced/notifications/history?channel=webhook",
  ) as never as { data: { recipient: string; subject: string }[] };
  assert.deepEqual(data.map(({ recipient, subject }) => [recipient, subject]), [
    ["https://example.com/hook", "T-1"],
  ]);
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
