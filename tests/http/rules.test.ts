import assert from "node:assert/strict";
import { latestSeq } from "../../lib/events/mod.ts";
import { DAY } from "../../lib/kernel/clock.ts";
import { harness } from "../support/harness.ts";
import { openDesk } from "../unit/rules/desk.ts";

const RULE = { name: "Regla", when: { event: "ticket.opened" }, actions: [{ type: "raise_priority" }] };
const pathsOf = ({ body }: { body: { errors: { path: string }[] } }) =>
  body.errors.map(({ path }) => path).sort();

Deno.test("rules are made, read, changed, turned off, put in order and removed", async () => {
  await using h = await harness();
  const { token } = await h.person();
  const made = await h.request("POST", "/api/rules", { token, body: RULE });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  assert.deepEqual([made.body.enabled, made.body.position, made.body.conditions], [true, 1, { all: [] }]);
  const second = await h.request("POST", "/api/rules", { token, body: { ...RULE, name: "Otra" } });
  const path = `/api/rules/${made.body.id}`;
  const changed = await h.request("PATCH", path, {
    token,
    body: { enabled: false, when: { since: "state", minutes: 60 } },
  });
  assert.deepEqual([changed.status, changed.body.enabled, changed.body.when], [
    200,
    false,
    { since: "state", minutes: 60, counts: "business" },
  ]);
  const order = [second.body.id, made.body.id];
  const ordered = await h.request("PUT", "/api/rules/order", { token, body: { rule_ids: order } });
  assert.deepEqual(ordered.body.data.map(({ id }: { id: string }) => id), order);
  assert.equal(
    (await h.request("PUT", "/api/rules/order", { token, body: { rule_ids: [order[0]] } })).status,
    422,
  );
  assert.equal((await h.request("DELETE", path, { token })).status, 204);
  assert.equal((await h.request("GET", path, { token })).status, 404);
  assert.deepEqual(
    (await h.request("GET", "/api/rules", { token })).body.data.map(({ id }: { id: string }) => id),
    [second.body.id],
  );
});

Deno.test("a rule that asks for what is not known then is refused with every path", async () => {
  await using h = await harness();
  const { token } = await h.person();
  const send = (body: unknown) => h.request("POST", "/api/rules", { token, body });
  const wrong = await send({
    ...RULE,
    conditions: { all: [{ field: "sla.clock", operator: "is", value: "resolution" }] },
    actions: [
      { type: "open_ticket", subject: "x" },
      { type: "notify", to: ["assignee"], subject: "{{sla.clock}}", message: "{{ticket.reference}}" },
    ],
  });
  assert.equal(wrong.status, 422);
  assert.deepEqual(pathsOf(wrong), ["actions.0.type", "actions.1.subject", "conditions.all.0.field"]);
  for (
    const [part, path] of [
      [{ when: { event: "moon.full" } }, "when.event"],
      [{ when: { since: "state", minutes: -1 } }, "when.minutes"],
      [
        { conditions: { any: [{ all: [{ field: "ticket.subject", operator: "is", value: [{}] }] }] } },
        "conditions.any.0.all.0.value.0",
      ],
      [
        { actions: [{ type: "notify", to: [{ user_id: 3 }], subject: "x", message: "x" }] },
        "actions.0.to.0.user_id",
      ],
    ] as const
  ) {
    const refused = await send({ ...RULE, ...part });
    assert.deepEqual([refused.status, pathsOf(refused)], [422, [path]]);
  }
  assert.equal((await send({ ...RULE, actions: [] })).status, 422);
  const made = await send({
    ...RULE,
    when: { event: "sla.breached" },
    conditions: { field: "sla.clock", operator: "is", value: "resolution" },
  });
  const changed = await h.request("PATCH", `/api/rules/${made.body.id}`, {
    token,
    body: { when: { event: "ticket.opened" } },
  });
  assert.deepEqual([changed.status, pathsOf(changed)], [422, ["conditions.field"]]);
});

Deno.test("the catalogue lists every event, field and operator, and each operator is understood", async () => {
  await using h = await harness();
  const { token } = await h.person();
  const fields = [{ key: "modelo", label: "Modelo", type: "text" }];
  await h.request("PUT", "/api/ticket-settings", { token, body: { fields } });
  const { body } = await h.request("GET", "/api/rules/catalogue", { token });
  const names = body.fields.map(({ field }: { field: string }) => field);
  assert.ok(names.includes("ticket.priority") && names.includes("ticket.fields.modelo"));
  for (const { event, groups } of body.events) {
    for (const { field, operators, kind, values } of body.fields) {
      if (!groups.includes(field.split(".")[0])) continue;
      const [operator] = operators;
      const value = values?.[0] ?? { number: 1, flag: true }[kind as string] ?? "x";
      const answer = await h.request("POST", "/api/rules/dry-run", {
        token,
        body: { rule: { ...RULE, when: { event }, conditions: { field, operator, value } } },
      });
      assert.equal(answer.status, 200, `${event} ${field} ${operator} ${JSON.stringify(answer.body)}`);
    }
  }
});

Deno.test("a dry run says which rules would have acted on the last month, with what, and does nothing", async () => {
  await using h = await harness();
  const former = await openDesk(h);
  const old = await former.send("POST", "/api/tickets", { subject: "Fuga vieja" });
  h.clock.advance(40 * DAY);
  const desk = await openDesk(h, former.person.workspaceId);
  const { token } = desk.person;
  const leak = await desk.send("POST", "/api/tickets", { subject: "Fuga de gas", priority: "high" });
  await desk.send("POST", "/api/tickets", { subject: "Cotización" });
  await desk.pass(20);
  await desk.send("POST", `/api/tickets/${leak.id}/comments`, { text: "Vamos", visibility: "public" });
  h.clock.advance(DAY);
  const before = await latestSeq(desk.person.ctx);
  const run = async (rule: unknown) => {
    const { status, body } = await h.request("POST", "/api/rules/dry-run", { token, body: { rule } });
    assert.equal(status, 200, JSON.stringify(body));
    return body;
  };
  const byWord = await run({
    ...RULE,
    conditions: { field: "ticket.subject", operator: "contains", value: "fuga" },
    actions: [{
      type: "notify",
      to: ["assignee"],
      subject: "{{ticket.reference}}",
      message: "{{ticket.subject}}",
    }],
  });
  assert.deepEqual([byWord.complete, byWord.rules[0].fired], [true, 1], "the old one is out of the month");
  const [sample] = byWord.rules[0].samples;
  assert.deepEqual([sample.subject_id, sample.actions[0].subject, sample.actions[0].message], [
    leak.id,
    "T-2",
    "Fuga de gas",
  ]);
  const waits = { since: "customer_waits", minutes: 30, counts: "wall" };
  const byTime = await run({ ...RULE, when: waits });
  assert.equal(byTime.rules[0].fired, 1, "the one that was answered after 20 minutes did not wait so long");
  assert.notEqual(byTime.rules[0].samples[0].subject_id, leak.id);
  assert.equal(await latestSeq(desk.person.ctx), before);
  assert.equal((await desk.send("GET", `/api/tickets/${old.id}`)).priority, "normal");
  const other = await h.person();
  const theirs = await h.request("POST", "/api/rules/dry-run", { token: other.token, body: {} });
  assert.deepEqual([theirs.status, theirs.body.scanned], [200, 0]);
});

Deno.test("a dry run of the enabled rules finds what they really did", async () => {
  await using h = await harness();
  const desk = await openDesk(h);
  await desk.rule({
    name: "prioridad",
    conditions: { field: "ticket.priority", operator: "at_least", value: "high" },
  });
  await desk.rule({ name: "espera", when: { since: "state", minutes: 10, counts: "wall" } });
  for (const priority of ["low", "high", "urgent"]) {
    await desk.send("POST", "/api/tickets", { subject: priority, priority });
    await desk.pass(3);
  }
  await desk.pass(15);
  const real = await desk.runs();
  const { rules } = await desk.send("POST", "/api/rules/dry-run", {}) as never as {
    rules: { name: string; fired: number }[];
  };
  assert.deepEqual(rules.map(({ name, fired }) => [name, fired]), [["prioridad", 2], ["espera", 3]]);
  assert.equal(real.filter((run) => run === "ticket.opened done").length, 2);
  assert.equal(real.filter((run) => run === "since:state done").length, 3);
});

Deno.test("POST /api/sentiment says how a text sounds and why", async () => {
  await using h = await harness();
  const { token } = await h.person();
  const { status, body } = await h.request("POST", "/api/sentiment", {
    token,
    body: { text: "No funciona y nadie contesta 😡" },
  });
  assert.equal(status, 200);
  assert.deepEqual([body.mood, body.words[0]], ["negative", { word: "no funciona", weight: -2 }]);
});
