import assert from "node:assert/strict";
import { TOOLS } from "../../lib/tools/mod.ts";
import { recordUsage } from "../../lib/usage/mod.ts";
import { harness } from "../support/harness.ts";

Deno.test("the audit log is read newest first, by action and subject, page by page, without secrets", async () => {
  await using h = await harness();
  const [ana, eva] = [await h.person(), await h.person()];
  const made = await h.request("POST", "/api/security/api-keys", { token: ana.token, body: { name: "crm" } });
  await h.request("PUT", "/api/business/config", { token: ana.token, body: { name: "Taller" } });
  const ask = (query: string, token = ana.token) =>
    h.request("GET", `/api/v3/security/audit/logs?${query}`, { token });
  const { body } = await ask("limit=50");
  assert.deepEqual(body.data.map(({ action }: { action: string }) => action), [
    "business.set",
    "api_key.create",
  ]);
  assert.deepEqual([body.data[1].subject_id, body.data[1].actor_id], [made.body.id, ana.userId]);
  assert.ok(!JSON.stringify(body).includes(made.body.secret));
  const first = await ask("limit=1");
  const second = await ask(`limit=1&cursor=${first.body.next_cursor}`);
  assert.deepEqual([...first.body.data, ...second.body.data], body.data);
  assert.deepEqual((await ask("action=api_key.create")).body.data, [body.data[1]]);
  assert.deepEqual((await ask(`subject_id=${made.body.id}`)).body.data, [body.data[1]]);
  assert.deepEqual((await ask("", eva.token)).body.data, [], "another workspace's is its own");
  assert.equal((await ask("platform=true")).status, 403);
  assert.equal((await ask("platform=perhaps")).status, 422);
  const operator = await h.person({ role: "operator", workspaceId: ana.workspaceId });
  assert.equal((await ask("", operator.token)).status, 403);
});

Deno.test("the audit log says by the tool what it says over HTTP", async () => {
  await using h = await harness();
  const ana = await h.person();
  await h.request("POST", "/api/security/api-keys", { token: ana.token, body: { name: "crm" } });
  const { body } = await h.request("GET", "/api/security/audit/logs", { token: ana.token });
  assert.equal(body.data.length, 1);
  const tool = TOOLS.find(({ name }) => name === "audit.list");
  assert.deepEqual(await tool?.call(ana.ctx, {}), body);
});

Deno.test("a search of a long audit log goes on by its cursor, and finds all", async () => {
  await using h = await harness();
  const [ana, eva] = [await h.person(), await h.person()];
  const { client } = h.ports.database;
  await client.execute({
    sql: `with recursive n(i) as (select 1 union all select i + 1 from n where i < 25000)
      insert into audit_log (id, workspace_id, actor_kind, actor_id, action, subject_id, detail, request_id, at)
      select printf('aud_%06d', i), case i % 5 when 0 then ?2 else ?1 end, 'user', 'usr_1',
        case when i in (3, 12003, 24001) then 'rare.deed' else 'daily.deed' end, null, '{}', 'req_1', i from n`,
    args: [ana.workspaceId, eva.workspaceId],
  });
  const found: string[] = [];
  let pages = 0;
  for (let cursor = "";; pages++) {
    const query = `action=rare.deed&limit=2${cursor === "" ? "" : `&cursor=${cursor}`}`;
    const { body } = await h.request("GET", `/api/security/audit/logs?${query}`, { token: ana.token });
    found.push(...body.data.map(({ id }: { id: string }) => id));
    if (body.next_cursor === null) break;
    cursor = body.next_cursor;
  }
  assert.deepEqual(found, ["aud_024001", "aud_012003", "aud_000003"]);
  assert.ok(pages >= 2, `20,000 entries were walked in ${pages + 1} pages`);
});

Deno.test("the use of language models is told by day, model and purpose, of a span that is one", async () => {
  await using h = await harness();
  const ana = await h.person();
  await recordUsage(ana.ctx, {
    provider: "openai",
    model: "gpt-4o-mini",
    purpose: "answer",
    inputTokens: 100,
    outputTokens: 20,
    ms: 300,
    outcome: "ok",
    subjectId: null,
    conversationId: null,
  });
  const ask = (query: string) => h.request("GET", `/api/ai/usage?${query}`, { token: ana.token });
  const { status, body } = await ask(`to=${new Date(h.clock.now() + 1000).toISOString()}`);
  assert.equal(status, 200);
  const totals = { calls: 1, failed: 0, input_tokens: 100, output_tokens: 20 };
  assert.deepEqual(body.totals, totals);
  assert.deepEqual(body.by_model, [{ provider: "openai", model: "gpt-4o-mini", average_ms: 300, ...totals }]);
  assert.deepEqual(body.by_purpose, [{ purpose: "answer", ...totals }]);
  assert.equal(body.today.allowed, true);
  for (
    const query of [
      "from=2026-02-31T00:00:00Z",
      "from=2026-03-01T00:00:00Z&to=2026-02-01T00:00:00Z",
      "from=2020-01-01T00:00:00Z",
    ]
  ) {
    assert.equal((await ask(query)).status, 422, query);
  }
  assert.equal((await h.request("GET", "/api/ai/usage")).status, 401);
});
