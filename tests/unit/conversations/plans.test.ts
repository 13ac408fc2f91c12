import assert from "node:assert/strict";
import { recordUnanswered } from "../../../lib/knowledge/mod.ts";
import { harness } from "../../support/harness.ts";
import { plansOf } from "../../support/plans.ts";

Deno.test("a later page of conversations, or of unanswered questions, begins at its cursor in the index", async () => {
  await using h = await harness();
  const { token, ctx } = await h.person();
  for (const external_id of ["lavadora", "hielo", "puerta"]) {
    h.clock.advance(1000);
    const body = { contact: { external_id }, text: `¿Tienen ${external_id}?` };
    assert.equal((await h.request("POST", "/api/conversations", { token, body })).status, 202);
    await ctx.transact((tx) => recordUnanswered(tx, { question: `¿Tienen ${external_id}?` }));
  }
  const wordsOf = async (path: string) => {
    const { status, body } = await h.request("GET", path, { token });
    assert.equal(status, 200, JSON.stringify(body));
    const data: Record<string, unknown>[] = body.data;
    return { words: data.map((one) => one.last_message_text ?? one.question), next: body.next_cursor };
  };
  const lists = {
    "/api/conversations?limit=1": "conversations_recent (workspace_id=? AND (last_message_at,id)<(?,?))",
    "/api/conversations?limit=1&state=bot":
      "conversations_state (workspace_id=? AND state=? AND (last_message_at,id)<(?,?))",
    "/api/knowledge/unanswered?limit=1": "unanswered_recent (workspace_id=? AND last_asked_at<?)",
  };
  const paths = Object.keys(lists);
  const cursors = await Promise.all(paths.map(async (path) => (await wordsOf(path)).next));
  const seen: unknown[] = [];
  const planned = await plansOf(h.ports.database.client, async () => {
    for (const [i, path] of paths.entries()) seen.push((await wordsOf(`${path}&cursor=${cursors[i]}`)).words);
  });
  assert.deepEqual(seen, paths.map(() => ["¿Tienen hielo?"]));
  const pages = planned.filter(({ sql }) => sql.includes("order by"));
  const { contact } = (await h.request("GET", "/api/conversations?q=hielo", { token })).body.data[0];
  const [one] = await plansOf(h.ports.database.client, async () => {
    assert.deepEqual((await wordsOf(`/api/conversations?contact_id=${contact.id}`)).words, [
      "¿Tienen hielo?",
    ]);
  }).then((all) => all.filter(({ sql }) => sql.includes("order by")));
  assert.match(one?.plan ?? "", /USING INDEX conversations_contact \(contact_id=\? AND workspace_id=\?\)/);
  assert.deepEqual(pages.map(({ plan }) => plan.match(/USING INDEX (.*)/)?.[1]), Object.values(lists));
});
