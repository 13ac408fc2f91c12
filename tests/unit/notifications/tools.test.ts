import assert from "node:assert/strict";
import { TOOLS } from "../../../lib/tools/mod.ts";
import { flagsOf } from "../../../cli/flags.ts";
import { openDesk } from "./world.ts";
import type { Person } from "../../support/harness.ts";

const NOUNS = /^(webhooks|bulk_notifications|notification_templates|notification_addresses)\./;
const tools = TOOLS.filter(({ name }) => NOUNS.test(name));

const NO_CONTENT = { status: 204, headers: new Headers(), body: new Uint8Array() };
const PUBLIC = Object.assign(() => Promise.resolve(NO_CONTENT), { check: () => Promise.resolve() });

async function run(
  { ctx }: Pick<Person, "ctx">,
  name: string,
  input: unknown = {},
): Promise<Record<string, unknown>> {
  const tool = tools.find((one) => one.name === name);
  assert.ok(tool, name);
  return tool.output.parse(await tool.call(ctx, input)) as Record<string, unknown>;
}

const ids = (found: Record<string, unknown>) => (found["data"] as { id: string }[]).map(({ id }) => id);

Deno.test("a webhook endpoint is made, tested, replayed, rotated and removed by tools", async () => {
  await using desk = await openDesk({ ports: { fetch: PUBLIC } });
  const { id, secret } = await run(desk, "webhooks.create", {
    url: "https://erp.example.com/x",
    types: ["ticket.*"],
  });
  assert.match(String(secret), /^whsec_/);
  assert.deepEqual(ids(await run(desk, "webhooks.list")), [id]);
  const call = await run(desk, "webhooks.test", { id });
  await desk.settle();
  assert.deepEqual(ids(await run(desk, "webhooks.calls", { id, state: "delivered" })), [call["id"]]);
  assert.deepEqual(await run(desk, "webhooks.replay", { id, states: ["delivered"] }), {
    replayed: 1,
    more: false,
  });
  const rotated = await run(desk, "webhooks.rotate", { id, grace_hours: 0 });
  assert.notEqual(rotated["secret"], secret);
  assert.equal((await run(desk, "webhooks.change", { id, enabled: false }))["enabled"], false);
  assert.equal((await run(desk, "webhooks.show", { id }))["disabled_reason"], "by_person");
  await assert.rejects(run(desk, "webhooks.test", { id }), { code: "conflict" });
  await run(desk, "webhooks.remove", { id });
  assert.deepEqual(ids(await run(desk, "webhooks.list")), []);
});

Deno.test("an address of a chat is kept and forgotten by tools, and never shown", async () => {
  await using desk = await openDesk({ ports: { fetch: PUBLIC } });
  const url = "https://hooks.slack.example/services/T0/B0/x";
  const { id, name } = await run(desk, "notification_addresses.save", { channel: "slack", url });
  assert.equal(name, "default");
  const listed = await run(desk, "notification_addresses.list");
  assert.deepEqual(ids(listed), [id]);
  assert.ok(!JSON.stringify(listed).includes("hooks.slack"));
  await run(desk, "notification_addresses.remove", { id });
  assert.deepEqual(ids(await run(desk, "notification_addresses.list")), []);
});

Deno.test("the workspace is told by a tool, and another shows each try of a delivery", async () => {
  await using desk = await openDesk();
  const use = async (name: string, input: unknown) => {
    const tool = TOOLS.find((one) => one.name === name);
    assert.ok(tool, name);
    return JSON.parse(JSON.stringify(tool.output.parse(await tool.call(desk.ctx, input))));
  };
  const { users, deliveries } = await use("notifications.announce", {
    message: "El sábado no hay servicio.",
  });
  assert.equal(users, 1);
  await desk.settle();
  const mail = deliveries.find(({ channel }: { channel: string }) => channel === "email");
  const shown = await use("notifications.show", { id: mail.id });
  assert.deepEqual([shown.state, shown.tries.length], ["sent", 1]);
});

Deno.test("a notification to many is sent, watched and stopped by tools", async () => {
  await using desk = await openDesk();
  const { id, total } = await run(desk, "bulk_notifications.send", {
    channel: "email",
    recipients: [
      "ana@example.com",
      { recipient: "luis@example.com", data: { name: "Luis" } },
      "ana@example.com",
    ],
    message: "El lunes no abrimos.",
  });
  assert.equal(total, 2);
  assert.deepEqual(ids(await run(desk, "bulk_notifications.list")), [id]);
  assert.equal((await run(desk, "bulk_notifications.cancel", { id }))["state"], "cancelled");
  await desk.settle();
  assert.deepEqual((await run(desk, "bulk_notifications.show", { id }))["states"], {});
  assert.equal(desk.h.ports.mail.sent.length, 0);
});

Deno.test("a template is saved, previewed, replaced and taken away by tools", async () => {
  await using desk = await openDesk();
  const content = {
    name: "visit.soon",
    variables: { name: { type: "string", example: "Ana" } },
    texts: { es: { subject: "Hola {{name}}", text: "Vamos, {{name}}." } },
  };
  const { id } = await run(desk, "notification_templates.create", content);
  assert.equal((await run(desk, "notification_templates.preview", { id }))["subject"], "Hola Ana");
  const wrong = { ...content, id, texts: { es: { subject: "{{other}}", text: "x" } } };
  await assert.rejects(run(desk, "notification_templates.replace", wrong), { code: "validation_failed" });
  await run(desk, "notification_templates.replace", { ...content, id, category: "visits" });
  assert.equal((await run(desk, "notification_templates.show", { id }))["category"], "visits");
  assert.deepEqual(ids(await run(desk, "notification_templates.list")), [id]);
  const { data } = await run(desk, "notification_templates.built_in");
  assert.ok((data as { name: string }[]).some(({ name }) => name === "ticket.assigned"));
  await run(desk, "notification_templates.remove", { id });
  assert.deepEqual(ids(await run(desk, "notification_templates.list")), []);
});

Deno.test("what gives a secret says so, and who may only read can write with none of these tools", async () => {
  await using desk = await openDesk();
  assert.equal(tools.length, 23);
  const secrets = tools.filter(({ secret }) => secret === true).map(({ name }) => name);
  assert.deepEqual(secrets, ["notification_addresses.save", "webhooks.create", "webhooks.rotate"]);
  const member = await desk.h.person({ role: "member", workspaceId: desk.workspaceId });
  const given = {
    id: "x_1",
    url: "https://x.example",
    recipients: ["a@example.com"],
    message: "x",
    name: "x",
    texts: { es: { subject: "x", text: "x" } },
  };
  for (const tool of tools) {
    assert.doesNotThrow(() => flagsOf(tool.input), tool.name);
    if (/:read$/.test(tool.scope) && tool.scope !== "webhooks:read") continue;
    const channel = tool.name === "notification_addresses.save" ? "slack" : "email";
    await assert.rejects(tool.call(member.ctx, { ...given, channel }), { code: "forbidden" }, tool.name);
  }
});
