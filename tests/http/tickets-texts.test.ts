import assert from "node:assert/strict";
import { dryRun } from "../../lib/rules/mod.ts";
import { type Harness, harness } from "../support/harness.ts";
import { openDesk } from "../unit/rules/desk.ts";
import { caller, paths } from "./caller.ts";

const OWN =
  "{{ticket.fields.modelo}}|{{ticket.fields.vip}}|{{ticket.fields.zonas}}|{{ticket.fields.serie_2}}|fin";
const BOSS = { channel: "email", recipient: "jefe@aurora.example" };

async function openOwn(h: Harness) {
  const desk = await openDesk(h);
  const call = caller(h, desk.person);
  await call("PUT", "/api/ticket-settings", {
    fields: [
      { key: "modelo", label: "Modelo", type: "text" },
      { key: "vip", label: "VIP", type: "boolean" },
      { key: "zonas", label: "Zonas", type: "multi_select", options: ["norte", "sur"] },
      { key: "serie_2", label: "Serie", type: "text" },
    ],
  });
  const fields = { modelo: "{{rule.name}} <b>", vip: true, zonas: ["norte", "sur"] };
  const open = async (more: Record<string, unknown> = {}) =>
    (await call("POST", "/api/tickets", { subject: "Fuga", locale: "es", fields, ...more })).body
      .id as string;
  const comments = async (id: string) =>
    (await call("GET", `/api/tickets/${id}/comments`)).body.data.map(({ text }: { text: string }) => text);
  return { desk, call, open, comments };
}

Deno.test("custom fields stand in all texts of rules, said as people say them; one that is not there says nothing", async () => {
  await using h = await harness();
  const { desk, call, open, comments } = await openOwn(h);
  const rule = {
    name: "Regla",
    when: { event: "ticket.opened" },
    actions: [
      { type: "comment", text: `${OWN} {{ticket.reference}} {{ticket.priority}}`, visibility: "private" },
      { type: "comment", text: "{{ticket.fields.serie_2}}", visibility: "private" },
      {
        type: "notify",
        to: [BOSS],
        subject: OWN,
        message: `x{{#ticket.fields.vip}}VIP{{/ticket.fields.vip}} ${OWN}`,
      },
    ],
  };
  const made = await call("POST", "/api/rules", rule);
  assert.equal(made.status, 201, JSON.stringify(made.body));
  const id = await open({ priority: "high" });
  await desk.settle();
  const said = "{{rule.name}} <b>|sí|norte, sur||fin";
  assert.deepEqual(await comments(id), [`${said} T-1 alta`]);
  const mail = h.ports.mail.sent.find(({ to }) => JSON.stringify(to).includes("jefe@"));
  assert.deepEqual([mail?.subject, mail?.text?.startsWith(`xVIP ${said}`)], [said, true]);
  const { data: [run] } = (await call("GET", "/api/rules/runs")).body;
  assert.deepEqual(run.results.map(({ skipped }: { skipped?: string }) => skipped), [
    undefined,
    "empty",
    undefined,
  ]);
  const { rules: [trial] } = await dryRun(desk.person.ctx, { rule_ids: [made.body.id] });
  const [comment, empty, notice] = trial?.samples[0]?.actions ?? [];
  assert.equal(empty?.["skipped"], "empty");
  assert.deepEqual([comment?.["text"], notice?.["subject"]], [`${said} T-1 alta`, said]);
  assert.ok((await call("GET", "/api/rules/catalogue")).body.variables.includes("ticket.fields.serie_2"));
});

Deno.test("a text that asks for a custom field which is not there is refused with those that are, wherever it is kept or said of many", async () => {
  await using h = await harness();
  const { call, open, comments } = await openOwn(h);
  const [bad, odd] = ["{{ticket.fields.modleo}}", "{{ticket.nme}}"];
  const rule = (actions: unknown[], event = "ticket.opened") => ({ name: "R", when: { event }, actions });
  const refused = async (path: string, body: unknown) => {
    const answer = await call("POST", path, body);
    assert.equal(answer.status, 422, JSON.stringify(answer.body));
    return answer.body;
  };
  const notice = {
    type: "notify",
    to: [BOSS],
    subject: bad,
    message: `{{#${bad.slice(2, -2)}}}x{{/${bad.slice(2, -2)}}}`,
  };
  const unknown = await refused("/api/rules", rule([{ type: "comment", text: bad }, notice]));
  assert.deepEqual([...new Set(paths(unknown))], [
    "actions.0.text",
    "actions.1.message",
    "actions.1.subject",
  ]);
  assert.match(unknown.errors[0].message, /modelo, vip, zonas, serie_2/);
  for (
    const text of [odd, "{{ticket.subject", "{{#ticket.subject}}x", "{{sla.clock}}", "{{ticket.fields.X}}"]
  ) {
    assert.deepEqual(paths(await refused("/api/rules", rule([{ type: "comment", text }]))), [
      "actions.0.text",
    ]);
  }
  const macro = (text: string) => ({ name: text, actions: [{ type: "comment", text }] });
  const reply = (text: string) => ({ name: text, text });
  for (const text of [bad, odd, "{{ticket.subject"]) {
    assert.deepEqual(paths(await refused("/api/ticket-macros", macro(text))), ["actions.0.text"]);
    assert.deepEqual(paths(await refused("/api/canned-replies", reply(text))), ["text"]);
  }
  assert.match((await refused("/api/canned-replies", reply(bad))).detail, /serie_2/);
  const id = await open();
  const { actions } = macro(bad);
  assert.deepEqual(paths(await refused("/api/tickets/bulk", { ticket_ids: [id], actions })), [
    "actions.0.text",
  ]);
  assert.deepEqual(await comments(id), []);
  const kept = await call(
    "POST",
    "/api/rules",
    rule([{ type: "comment", text: "{{ticket.fields.modelo}}" }]),
  );
  await call("PUT", "/api/ticket-settings", { fields: [] });
  const path = `/api/rules/${kept.body.id}`;
  assert.equal(
    (await call("PATCH", path, { name: "Otra" })).status,
    200,
    "what is not set anew is not asked",
  );
  assert.match(
    (await refused("/api/rules", rule([{ type: "comment", text: OWN }]))).detail,
    /the desk has none/,
  );
});

Deno.test("macros, bulk changes and canned replies say what they ask for, in the language that they are in", async () => {
  await using h = await harness();
  const { call, open, comments } = await openOwn(h);
  const id = await open();
  const macro = await call("POST", "/api/ticket-macros", {
    name: "Modelo",
    actions: [
      { type: "set_field", key: "modelo", value: "H-200" },
      { type: "comment", text: `{{ticket.reference}} ${OWN}` },
      { type: "comment", text: "{{ticket.fields.serie_2}}" },
    ],
  });
  assert.equal(macro.status, 201, JSON.stringify(macro.body));
  assert.equal((await call("POST", `/api/tickets/${id}/macro`, { macro_id: macro.body.id })).status, 200);
  await call("POST", "/api/tickets/bulk", {
    ticket_ids: [id],
    actions: [{ type: "comment", text: "Bulk {{ticket.fields.modelo}}" }],
  });
  const reply = await call("POST", "/api/canned-replies", { name: "c", locale: "en", text: OWN });
  await call("POST", `/api/tickets/${id}/comments`, { canned_reply_id: reply.body.id });
  assert.deepEqual(await comments(id), [
    "T-1 H-200|sí|norte, sur||fin",
    "Bulk H-200",
    "H-200|yes|norte, sur||fin",
  ]);
});
