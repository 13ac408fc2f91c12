import assert from "node:assert/strict";
import { createChannelAccount } from "../../../lib/conversations/mod.ts";
import { AppError } from "../../../lib/kernel/errors.ts";
import { whatsAppFailureOf } from "../../../lib/ports/whatsapp-failures.ts";
import { applyTemplateStatus } from "../../../lib/messaging/template-status.ts";
import { templateVariables } from "../../../lib/messaging/template-schema.ts";
import {
  createTemplate,
  deleteTemplate,
  editTemplate,
  findTemplate,
  listTemplates,
  syncTemplates,
} from "../../../lib/messaging/templates.ts";
import { type FakeGraph, GRAPH_SECRETS, startFakeGraph } from "../../support/fakes/graph.ts";
import { type Harness, harness, type Person } from "../../support/harness.ts";

interface World extends AsyncDisposable {
  readonly h: Harness;
  readonly graph: FakeGraph;
  readonly owner: Person;
}

/** A workspace with the fake's first number connected. */
async function world(): Promise<World> {
  const graph = await startFakeGraph();
  const h = await harness({ env: { WHATSAPP_GRAPH_URL: graph.baseUrl } });
  const owner = await h.person();
  await connect(owner, graph.account);
  return {
    h,
    graph,
    owner,
    async [Symbol.asyncDispose]() {
      await h[Symbol.asyncDispose]();
      await graph[Symbol.asyncDispose]();
    },
  };
}

async function connect(
  { ctx }: Person,
  { phoneNumberId, businessAccountId }: { phoneNumberId: string; businessAccountId: string },
): Promise<string> {
  const { token, appSecret, verifyToken } = GRAPH_SECRETS;
  const { id } = await createChannelAccount(ctx, {
    channel: "whatsapp",
    name: "Clínica",
    settings: { phone_number_id: phoneNumberId, business_account_id: businessAccountId },
    secrets: { access_token: token, app_secret: appSecret, verify_token: verifyToken },
  });
  return id;
}

const is = (code: AppError["code"]) => (error: unknown) => error instanceof AppError && error.code === code;
const BODY = [{ type: "BODY", text: "Hola {{1}}" }];
const DRAFT = { name: "recall", language: "es_MX", category: "UTILITY", components: BODY } as const;
const draft = () => ({ ...DRAFT, components: [...BODY] });

Deno.test("syncTemplates makes the rows like Meta's list, over pages, and takes away what is gone", async () => {
  await using w = await world();
  const { ctx } = w.owner;
  const remote = Array.from({ length: 130 }, (_, i) => w.graph.addTemplate({ name: `t${i}` }));
  assert.deepEqual(await syncTemplates(ctx), { found: 130, removed: 0 });
  const [first] = remote;
  assert.ok(first !== undefined);
  w.graph.world.templates.delete(first.id);
  w.h.clock.advance(5000);
  assert.deepEqual(await syncTemplates(ctx), { found: 129, removed: 1 });
  const page = await listTemplates(ctx, { limit: 100 });
  assert.equal(page.data.length, 100);
  const rest = await listTemplates(ctx, { limit: 100, cursor: page.next_cursor ?? "" });
  assert.equal(rest.data.length, 29);
  assert.equal(rest.next_cursor, null);
});

Deno.test("createTemplate hands it in for review; the decision comes by a webhook and shows in the list", async () => {
  await using w = await world();
  const { ctx } = w.owner;
  const row = await createTemplate(ctx, draft());
  assert.equal(row.status, "PENDING");
  const remote = w.graph.world.templates.get(row.remoteId);
  assert.ok(remote !== undefined);
  w.graph.decide(remote, "REJECTED", {
    reason: "INVALID_FORMAT",
    rejection_info: { reason: "Too many variables", recommendation: "Write more words" },
  });
  const [news] = w.graph.webhooks.queue;
  assert.ok(news !== undefined);
  const apply = (at: number, value = news.value) =>
    ctx.transact((tx) =>
      applyTemplateStatus(tx, { field: news.field, businessAccountId: news.businessAccountId, value, at })
    );
  const later = w.h.clock.now() + 60_000;
  assert.equal(await apply(later), true);
  const [shown] = (await listTemplates(ctx, { limit: 10, status: "REJECTED" })).data;
  assert.equal(shown?.reason, "INVALID_FORMAT: Too many variables: Write more words");
  assert.equal(
    await apply(later - 5000, { ...news.value, event: "PENDING" }),
    false,
    "older news change nothing",
  );
  assert.equal(
    await apply(later + 5000, { ...news.value, event: "FLAGGED" }),
    false,
    "a warning is no state",
  );
  assert.equal(await apply(later + 9000, { ...news.value, event: "REINSTATED" }), true);
  const found = await findTemplate(ctx, { ...DRAFT, businessAccountId: row.businessAccountId });
  assert.equal(found?.status, "APPROVED");
});

Deno.test("applyTemplateStatus makes a row of a template that was made elsewhere, in its workspace only", async () => {
  await using w = await world();
  const other = await w.h.person();
  const value = {
    event: "APPROVED",
    message_template_id: 4711,
    message_template_name: "elsewhere",
    message_template_language: "en-US",
    message_template_category: "MARKETING",
  };
  const { businessAccountId } = w.graph.account;
  const news = { field: "message_template_status_update", businessAccountId, value, at: null };
  assert.equal(await w.owner.ctx.transact((tx) => applyTemplateStatus(tx, news)), true);
  const [row] = (await listTemplates(w.owner.ctx, { limit: 10 })).data;
  assert.deepEqual([row?.name, row?.language, row?.category, row?.status], [
    "elsewhere",
    "en_US",
    "MARKETING",
    "APPROVED",
  ]);
  assert.deepEqual((await listTemplates(other.ctx, { limit: 10 })).data, []);
});

Deno.test("quality and category of a template follow their own webhooks; odd bodies change nothing", async () => {
  await using w = await world();
  const { ctx } = w.owner;
  const row = await createTemplate(ctx, draft());
  const { businessAccountId, remoteId } = row;
  const apply = (field: string, value: Record<string, unknown>) =>
    ctx.transact((tx) => applyTemplateStatus(tx, { field, businessAccountId, value, at: null }));
  const which = { message_template_id: Number(remoteId) };
  assert.equal(await apply("message_template_quality_update", { ...which, new_quality_score: "RED" }), true);
  assert.equal(await apply("template_category_update", { ...which, new_category: "MARKETING" }), true);
  for (const odd of [{}, { event: 5 }, { message_template_id: {} }, { ...which, event: null }]) {
    assert.equal(await apply("message_template_status_update", odd), false);
  }
  assert.equal(await apply("something_else", which), false);
  const [now] = (await listTemplates(ctx, { limit: 10 })).data;
  assert.deepEqual([now?.quality, now?.category, now?.status], ["RED", "MARKETING", "PENDING"]);
});

Deno.test("editTemplate sends it back to review; deleteTemplate takes it away at Meta and here", async () => {
  await using w = await world();
  const { ctx } = w.owner;
  w.graph.addTemplate({ name: "recall" });
  await syncTemplates(ctx);
  const [row] = (await listTemplates(ctx, { limit: 10 })).data;
  assert.ok(row !== undefined);
  const edited = await editTemplate(ctx, { id: row.id, components: [{ type: "body", text: "Adiós {{1}}" }] });
  assert.equal(edited.status, "PENDING");
  assert.deepEqual(w.graph.world.templates.get(row.remoteId)?.components, [{
    type: "BODY",
    text: "Adiós {{1}}",
  }]);
  await deleteTemplate(ctx, row.id);
  assert.equal(w.graph.world.templates.size, 0);
  assert.deepEqual((await listTemplates(ctx, { limit: 10 })).data, []);
  await assert.rejects(deleteTemplate(ctx, row.id), is("not_found"));
});

Deno.test("what Meta refuses changes nothing here and is told in Meta's words", async () => {
  await using w = await world();
  const { ctx } = w.owner;
  await createTemplate(ctx, draft());
  await assert.rejects(createTemplate(ctx, draft()), (error) => {
    assert.match(error instanceof Error ? error.message : "", /already exists/);
    return whatsAppFailureOf(error)?.graph_code === 100;
  });
  assert.equal((await listTemplates(ctx, { limit: 10 })).data.length, 1);
});

const BAD: readonly [string, Record<string, unknown>][] = [
  ["a name with capitals", { name: "Recall" }],
  ["no body", { components: [{ type: "FOOTER", text: "Sol" }] }],
  ["two bodies", { components: [...BODY, ...BODY] }],
  ["a body over 1,024", { components: [{ type: "BODY", text: "x".repeat(1025) }] }],
  ["a footer over 60", { components: [...BODY, { type: "FOOTER", text: "x".repeat(61) }] }],
  ["a gap in its variables", { components: [{ type: "BODY", text: "{{1}} y {{3}}" }] }],
  ["numbers and names mixed", { components: [{ type: "BODY", text: "{{1}} y {{name}}" }] }],
  ["a variable with odd letters", { components: [{ type: "BODY", text: "Hola {{Nombre}}" }] }],
  ["eleven buttons", { components: [...BODY, { type: "BUTTONS", buttons: new Array(11).fill({}) }] }],
  ["a category of its own", { category: "CHAT" }],
];

for (const [what, change] of BAD) {
  Deno.test(`createTemplate refuses ${what} before it calls Meta`, async () => {
    await using w = await world();
    const calls = w.graph.calls.length;
    // deno-lint-ignore no-explicit-any -- wrong on purpose
    await assert.rejects(createTemplate(w.owner.ctx, { ...draft(), ...change } as any), { name: "ZodError" });
    assert.equal(w.graph.calls.length, calls);
  });
}

Deno.test("templates need their scopes, a number, and the choice of one among several accounts", async () => {
  await using w = await world();
  const member = await w.h.person({ role: "operator", workspaceId: w.owner.workspaceId });
  await assert.rejects(createTemplate(member.ctx, draft()), is("forbidden"));
  const stranger = await w.h.person();
  await assert.rejects(syncTemplates(stranger.ctx), is("not_configured"));
  await assert.rejects(syncTemplates(stranger.ctx, { channel_account_id: "cha_none" }), is("not_found"));
  const second = w.graph.addNumber({ businessAccountId: "999000111" });
  w.graph.addTemplate({ name: "theirs", businessAccountId: "999000111" });
  const accountId = await connect(w.owner, second);
  await assert.rejects(syncTemplates(w.owner.ctx), is("validation_failed"), "two accounts: say which");
  assert.deepEqual(await syncTemplates(w.owner.ctx, { channel_account_id: accountId }), {
    found: 1,
    removed: 0,
  });
  const { data } = await listTemplates(w.owner.ctx, { limit: 10, channel_account_id: accountId });
  assert.deepEqual(data.map(({ name }) => name), ["theirs"]);
});

Deno.test("templateVariables finds each variable once", () => {
  assert.deepEqual(templateVariables("{{1}} y {{ 2 }} y {{1}}"), ["1", "2"]);
  assert.deepEqual(templateVariables("nada"), []);
});
