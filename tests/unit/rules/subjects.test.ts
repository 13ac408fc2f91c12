import assert from "node:assert/strict";
import { MINUTE } from "../../../lib/kernel/clock.ts";
import { dryRun, updateRule } from "../../../lib/rules/mod.ts";
import { type Harness, harness } from "../../support/harness.ts";
import { openDesk } from "./desk.ts";

const notice = (subject: string, to: "assignee" | "requester" | { channel: "email"; recipient: string } = {
  channel: "email",
  recipient: "jefe@aurora.example",
}) => [{ type: "notify" as const, to: [to], subject, message: "{{rule.name}}" }];

const mailed = (h: Harness, address: string) =>
  h.ports.mail.sent.filter(({ to }) => JSON.stringify(to).includes(address)).map(({ subject }) => subject);

async function openVisits(h: Harness) {
  const desk = await openDesk(h);
  const { id: ana } = await desk.send("POST", "/api/operators", { name: "Ana", email: "ana@aurora.example" });
  const inMinutes = (minutes: number) => new Date(h.clock.now() + minutes * MINUTE).toISOString();
  const visit = async (subject: string, minutes: number) =>
    (await desk.send("POST", "/api/visits", {
      subject,
      operator_id: ana,
      starts_at: inMinutes(minutes),
      minutes: 30,
    }))
      .id;
  return { desk, visit, inMinutes };
}

const UNCONFIRMED = {
  when: { before: "visit_starts" as const, minutes: 60 },
  conditions: { all: [{ field: "visit.state", operator: "is", value: "scheduled" }] },
  actions: notice("{{visit.subject}} en {{visit.starts_in_minutes}} min", "assignee"),
};

Deno.test("a rule comes so long before a visit that nobody confirmed, once, and not for one that moved or is off", async () => {
  await using h = await harness();
  const { desk, visit, inMinutes } = await openVisits(h);
  await desk.rule(UNCONFIRMED);
  await visit("queda", 100);
  const confirmed = await visit("confirmada", 200);
  const off = await visit("cancelada", 300);
  const moved = await visit("movida", 400);
  await desk.send("POST", `/api/visits/${confirmed}/confirm`);
  await desk.send("POST", `/api/visits/${off}/cancel`, { reason: "x" });
  await desk.send("POST", `/api/visits/${moved}/reschedule`, { starts_at: inMinutes(1000) });
  await desk.pass(39);
  const told = () => mailed(h, "ana@aurora.example").filter((subject) => / en \d+ min$/.test(subject));
  assert.deepEqual(told(), []);
  await desk.pass(2);
  assert.deepEqual(told(), ["queda en 60 min"]);
  h.clock.advance(320 * MINUTE);
  await desk.settle();
  assert.deepEqual(told(), ["queda en 60 min"]);
  h.clock.advance(580 * MINUTE);
  await desk.settle();
  assert.deepEqual(told(), ["queda en 60 min", "movida en 59 min"]);
  assert.deepEqual(await desk.runs(), ["before:visit_starts done", "before:visit_starts done"]);
});

Deno.test("a rule that is to come sooner before a visit does so for those that are there", async () => {
  await using h = await harness();
  const { desk, visit } = await openVisits(h);
  const id = await desk.rule(UNCONFIRMED);
  await visit("queda", 200);
  await desk.settle();
  await updateRule(desk.person.ctx, { id, when: { before: "visit_starts", minutes: 120 } });
  await desk.pass(81);
  const told = () => mailed(h, "ana@aurora.example").filter((subject) => / en \d+ min$/.test(subject));
  assert.deepEqual(told(), ["queda en 120 min"]);
  await desk.pass(60);
  assert.deepEqual(told(), ["queda en 120 min"]);
});

Deno.test("a new rule about visits looks at those that are there, and a visit's events are rules' events", async () => {
  await using h = await harness();
  const { desk, visit } = await openVisits(h);
  const soon = await visit("pronto", 30);
  await desk.rule(UNCONFIRMED);
  await desk.rule({ when: { event: "visit.cancelled" }, actions: notice("Se cayó {{visit.subject}}") });
  await desk.settle();
  assert.ok(mailed(h, "ana@aurora.example").includes("pronto en 30 min"));
  await desk.send("POST", `/api/visits/${soon}/cancel`, { reason: "x" });
  await desk.settle();
  assert.deepEqual(mailed(h, "jefe@aurora.example"), ["Se cayó pronto"]);
});

Deno.test("a rule acts when nobody answers a conversation for so long, counted from the first word that waits", async () => {
  await using h = await harness();
  const desk = await openDesk(h);
  await desk.rule({
    name: "Silencio",
    when: { since: "conversation_waits", minutes: 30, counts: "wall" },
    conditions: { all: [{ field: "conversation.state", operator: "is", value: "human" }] },
    actions: [
      ...notice("Espera {{conversation.waits_minutes}} min: {{message.text}}"),
      { type: "open_ticket", subject: "Sin respuesta: {{message.text}}" },
    ],
  });
  const say = async (text: string) =>
    (await desk.send("POST", "/api/conversations", { contact: { external_id: "ana" }, text })) as unknown as {
      conversation_id: string;
    };
  const { conversation_id: id } = await say("Hola");
  await desk.settle();
  await desk.send("POST", `/api/conversations/${id}/takeover`);
  await desk.send("POST", `/api/conversations/${id}/reply`, { text: "¿En qué ayudo?" });
  await say("No enciende");
  await desk.pass(20);
  await say("¿Hola?");
  await desk.pass(9);
  assert.deepEqual(mailed(h, "jefe@aurora.example"), []);
  await desk.pass(2);
  assert.deepEqual(mailed(h, "jefe@aurora.example"), ["Espera 30 min: No enciende"]);
  const { data } = await desk.send("GET", "/api/tickets") as unknown as { data: { subject: string }[] };
  assert.deepEqual(data.map(({ subject }) => subject), ["Sin respuesta: No enciende"]);
  await desk.pass(40);
  assert.equal(mailed(h, "jefe@aurora.example").length, 1, "a silence is told of once");

  await desk.send("POST", `/api/conversations/${id}/reply`, { text: "Voy" });
  await say("Gracias, ¿cuándo?");
  await desk.pass(10);
  await desk.send("POST", `/api/conversations/${id}/reply`, { text: "Hoy" });
  await desk.pass(40);
  assert.equal(mailed(h, "jefe@aurora.example").length, 1, "an answer ends the wait");
  assert.deepEqual(await desk.runs(), ["since:conversation_waits done"]);
});

Deno.test("who waits for an answer waits by the business's hours of now, when those became longer", async () => {
  await using h = await harness();
  const desk = await openDesk(h);
  await desk.openUntil("16:30");
  await desk.rule({ when: { since: "conversation_waits", minutes: 60 }, actions: notice("Espera") });
  h.clock.set(Date.UTC(2026, 0, 5, 16));
  const { conversation_id: id } = await desk.send("POST", "/api/conversations", {
    contact: { external_id: "ana" },
    text: "No enciende",
  }) as unknown as { conversation_id: string };
  await desk.send("POST", `/api/conversations/${id}/takeover`);
  await desk.pass(10);
  await desk.openUntil("20:00");
  await desk.pass(49);
  assert.deepEqual(mailed(h, "jefe@aurora.example"), []);
  await desk.pass(1);
  assert.deepEqual(mailed(h, "jefe@aurora.example"), ["Espera"]);
});

Deno.test("a dry run of rules about visits and conversations finds what they would have done", async () => {
  await using h = await harness();
  const { desk, visit } = await openVisits(h);
  await visit("queda", 100);
  const confirmed = await visit("confirmada", 200);
  await desk.send("POST", `/api/visits/${confirmed}/confirm`);
  const { conversation_id: id } = await desk.send("POST", "/api/conversations", {
    contact: { external_id: "ana" },
    text: "No enciende",
  }) as unknown as { conversation_id: string };
  await desk.send("POST", `/api/conversations/${id}/takeover`);
  await desk.pass(60);
  await desk.send("POST", `/api/conversations/${id}/reply`, { text: "Voy" });
  h.clock.advance(300 * MINUTE);
  const tried = async (rule: object) => {
    const { rules: [trial] } = await dryRun(desk.person.ctx, {
      rule: { name: "x", actions: notice("{{visit.subject}}{{message.text}}"), ...rule } as never,
    });
    return trial?.samples.map(({ subject_id, actions }) => [subject_id.slice(0, 3), actions[0]?.["subject"]]);
  };
  assert.deepEqual(await tried({ ...UNCONFIRMED, actions: notice("{{visit.subject}}") }), [["vis", "queda"]]);
  const waits = (minutes: number) => ({
    when: { since: "conversation_waits", minutes, counts: "wall" },
    actions: notice("{{message.text}}"),
  });
  assert.deepEqual(await tried(waits(50)), [["cnv", "No enciende"]]);
  assert.deepEqual(await tried(waits(70)), []);
});

Deno.test("what is not known of a visit or a conversation can't be asked of it", async () => {
  await using h = await harness();
  const { person: { token } } = await openDesk(h);
  const refused = async (body: object) => {
    const { status, body: answer } = await h.request("POST", "/api/rules", {
      token,
      body: { name: "x", actions: [{ type: "raise_priority" }], ...body },
    });
    return [status, answer.errors?.map(({ path }: { path: string }) => path)];
  };
  const field = (name: string) => ({ all: [{ field: name, operator: "is", value: "x" }] });
  assert.deepEqual(
    await refused({
      when: { before: "visit_starts", minutes: 5 },
      conditions: field("conversation.channel"),
    }),
    [422, ["conditions.all.0.field"]],
  );
  assert.deepEqual(
    await refused({
      when: { before: "visit_starts", minutes: 5 },
      actions: [{ type: "open_ticket", subject: "x" }],
    }),
    [422, ["actions.0.type"]],
  );
  assert.equal((await refused({ when: { before: "visit_starts", minutes: 0 } }))[0], 422);
  assert.equal((await refused({ when: { before: "moon", minutes: 5 } }))[0], 422);
});
