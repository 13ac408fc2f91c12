import assert from "node:assert/strict";
import { DAY, iso } from "../../../lib/kernel/clock.ts";
import { dryRun, listRuns, type RuleInput } from "../../../lib/rules/mod.ts";
import { hearersOf } from "../../../lib/rules/of-another.ts";
import { harness } from "../../support/harness.ts";
import { openDesk } from "./desk.ts";

const RULE = (subject: string, to: "requester" | "both" = "requester") =>
  ({
    name: "Aviso",
    when: { event: "visit.scheduled" },
    actions: [{
      type: "notify",
      to: to === "both"
        ? ["requester", { channel: "email", recipient: "jefe@aurora.example" }]
        : ["requester"],
      subject,
      message: "x",
    }],
  }) satisfies RuleInput;

Deno.test("who asks is told by a rule of their own and a colleague's visit, and of nobody else's", async () => {
  await using h = await harness();
  const desk = await openDesk(h);
  const { send } = desk;
  const contactOf = async (clientId: string, email: string) =>
    (await send("POST", `/api/clients/${clientId}/contacts`, { email })).id;
  const company = async (name: string) => (await send("POST", "/api/clients", { name })).id;
  const [aurora, taller] = [await company("Aurora"), await company("Taller")];
  const eva = await contactOf(aurora, "eva@aurora.example");
  const luz = await contactOf(aurora, "luz@aurora.example");
  const leo = await contactOf(taller, "leo@taller.example");
  const { id: ticket_id } = await send("POST", "/api/tickets", { subject: "Fuga", contact_id: eva });
  const start = h.clock.now();
  const { id: operator_id } = await send("POST", "/api/operators", { name: "Ana" });
  let days = 1;
  const visit = async (subject: string, more: object) =>
    await send("POST", "/api/visits", {
      subject,
      ticket_id,
      operator_id,
      starts_at: iso(start + days++ * DAY),
      minutes: 30,
      anyway: true,
      ...more,
    });
  await desk.rule(RULE("Visita {{visit.subject}}", "both"));
  await desk.rule(RULE("Sola {{visit.subject}}"));
  await desk.rule(RULE("Hay visita de {{ticket.reference}}"));
  await visit("propia", { contact_id: eva });
  await visit("de Luz", { contact_id: luz });
  await visit("de Leo", { contact_id: leo, client_id: taller });
  await desk.settle();
  const to = (address: string) =>
    h.ports.mail.sent.filter((mail) => JSON.stringify(mail.to).includes(address)).map(({ subject }) =>
      subject
    );
  const about = (address: string, words: string) =>
    to(address).filter((subject) => subject.includes(words)).length;
  assert.deepEqual([about("eva@", "Visita propia"), about("eva@", "Visita de Luz")], [1, 1], `${to("eva@")}`);
  assert.equal(about("eva@", "Leo"), 0);
  assert.equal(about("jefe@", "Visita de Leo"), 1, "the business is told");
  assert.equal(about("eva@", "Hay visita"), 3, "which quotes nothing of it");
  const { data } = await listRuns(desk.person.ctx, { limit: 100 });
  const results = data.flatMap((run) => run.results).filter((one) => one["skipped"] !== undefined);
  assert.deepEqual(results.map((one) => one["skipped"]), ["of_another_customer"]);
  const { rules } = await dryRun(desk.person.ctx, { from: iso(start - DAY), to: iso(h.clock.now() + 1) });
  const would = rules.flatMap(({ samples }) => samples).flatMap(({ actions }) => actions)
    .filter((one) => String(one["subject"]).endsWith("de Leo"));
  assert.deepEqual(would.map((one) => [one["subject"], one["skipped"] ?? null]).toSorted(), [
    ["Sola de Leo", "of_another_customer"],
    ["Visita de Leo", null],
  ]);
  assert.ok(would.every((one) => !JSON.stringify(one["to"]).includes("requester")));
});

Deno.test("a call or a visit is told of to who asks when it is theirs, nobody's, or of their client, and a text that quotes none always", () => {
  const to = ["requester", "team"] as const;
  const heard = (message: string, known: Record<string, Record<string, unknown>>) =>
    hearersOf({ to: [...to], subject: "x", message }, known);
  const ticket = { contact_id: "eva", client_id: "aurora" };
  for (const group of ["call", "visit"]) {
    const text = `{{${group}.id}}`;
    const told = (one: Record<string, unknown>, of: Record<string, unknown> = ticket) =>
      heard(text, { ticket: of, [group]: one });
    for (
      const one of [
        { contact_id: "eva", client_id: "taller" },
        { contact_id: null, client_id: null },
        { contact_id: null, client_id: "aurora" },
        { contact_id: "luz", client_id: "aurora" },
      ]
    ) assert.deepEqual(told(one), to, JSON.stringify(one));
    assert.deepEqual(told({ contact_id: "leo", client_id: "taller" }), ["team"]);
    assert.deepEqual(told({ contact_id: null, client_id: "taller" }), ["team"]);
    assert.deepEqual(told({ contact_id: "leo", client_id: null }, { contact_id: "eva", client_id: null }), [
      "team",
    ]);
    assert.deepEqual(heard(text, { [group]: { contact_id: "leo", client_id: null } }), to, "it is their own");
    assert.deepEqual(heard("{{ticket.id}}", { ticket, [group]: { contact_id: "leo" } }), to);
  }
});

Deno.test("who asks is told by a rule of no message or comment that another customer wrote, as after a merge", () => {
  const heard = (text: string, known: Record<string, Record<string, unknown>>) =>
    hearersOf({ to: ["requester", "team"], subject: text, message: "x" }, known);
  const ticket = { contact_id: "eva", client_id: "aurora", conversation_id: "one" };
  const message = { id: "m", text: "Hola" };
  for (const text of ["{{message.text}}", "{{conversation.id}}"]) {
    const written = (by: string, more = {}) =>
      heard(text, { message, conversation: { contact_id: by }, ...more });
    assert.deepEqual(written("eva", { ticket }), ["requester", "team"]);
    assert.deepEqual(written("leo", { ticket }), ["team"]);
    assert.deepEqual(written("leo"), ["requester", "team"], "of a conversation alone, its customer asks");
  }
  const commented = (author: string, author_id: string) =>
    heard("{{comment.text}}", { ticket, comment: { author, author_id } });
  assert.deepEqual(commented("customer", "eva"), ["requester", "team"]);
  assert.deepEqual(commented("operator", "opr_ana"), ["requester", "team"]);
  assert.deepEqual(commented("customer", "leo"), ["team"]);
});
