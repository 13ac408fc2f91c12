import assert from "node:assert/strict";
import { dryRun, listRuns, rulesConsumer, runRules, updateRule } from "../../../lib/rules/mod.ts";
import { MINUTE } from "../../../lib/kernel/clock.ts";
import { AppError, invalid } from "../../../lib/kernel/errors.ts";
import { readEvents } from "../../../lib/events/mod.ts";
import { harness } from "../../support/harness.ts";
import { openDesk } from "./desk.ts";
import { URGENT } from "./urgent.ts";

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

Deno.test("an angry customer's message opens a ticket, and a broken promise tells who is named, each once", async () => {
  await using h = await harness();
  const desk = await openDesk(h);
  await desk.promise({ first_response: { urgent: 10 } });
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

Deno.test("what a rule says after it opened a ticket is said to whose it is, and knows the ticket; a dry run says so too", async () => {
  await using h = await harness();
  const desk = await openDesk(h);
  const id = await desk.rule({
    when: { event: "message.received" },
    actions: [
      { type: "open_ticket", subject: "Queja" },
      { type: "comment", text: "{{ticket.reference}}: «{{message.text}}»", visibility: "public" },
    ],
  });
  await desk.send("POST", "/api/conversations", { contact: { external_id: "ana" }, text: "Hola" });
  h.clock.advance(MINUTE);
  await desk.settle();
  const { data: [run] } = await listRuns(desk.person.ctx, { limit: 1 });
  const [opened, said] = run?.results ?? [];
  assert.deepEqual([said?.["skipped"], typeof said?.["version"]], [undefined, "number"]);
  const { data } = Object(await desk.send("GET", `/api/tickets/${opened?.["ticket_id"]}/comments`));
  assert.deepEqual(data.map(({ text }: { text: string }) => text), ["T-1: «Hola»"]);
  h.clock.advance(MINUTE);
  const { rules: [trial] } = await dryRun(desk.person.ctx, { rule_ids: [id] });
  const [, would] = trial?.samples[0]?.actions ?? [];
  assert.deepEqual([would?.["skipped"], would?.["text"]], [undefined, ": «Hola»"]);
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
