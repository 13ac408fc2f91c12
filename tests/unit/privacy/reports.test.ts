import assert from "node:assert/strict";
import { erasePerson } from "../../../lib/privacy/mod.ts";
import { handlers } from "../../../workers/registry.ts";
import { harness } from "../../support/harness.ts";
import { placesOf } from "../../support/tables.ts";
import { work } from "../conversations/talk.ts";
import { openKnown, PRIVATE_ENV, SECRET } from "./person.ts";

Deno.test("the files of reports that can hold an erased person go with the person, and say why; others stay", async () => {
  await using h = await harness({ env: PRIVATE_ENV });
  const known = await openKnown(h);
  const stranger = await h.person();
  const ask = async (definition: object, token = known.token) => {
    const { status, body } = await h.request("POST", "/api/reports", {
      token,
      body: { definition, format: "csv", recipients: ["jefa@empresa.example"] },
    });
    assert.equal(status, 202, JSON.stringify(body));
    return String(body.id);
  };
  const named = await ask({
    dataset: "tickets",
    filters: [{ column: "subject", op: "contains", value: SECRET }],
  });
  const counted = await ask({ dataset: "tickets", group_by: [{ column: "state" }] });
  const grouped = await ask({ dataset: "tickets", group_by: [{ column: "contact" }] });
  const theirs = await ask({ dataset: "tickets" }, stranger.token);
  await known.workAll();
  const file = async (id: string, token = known.token) =>
    await h.request("GET", `/api/reports/${id}/download`, { token });
  for (const id of [named, counted, grouped]) assert.equal((await file(id)).status, 200);
  assert.ok((await file(named)).body.includes(SECRET));
  const link =
    /\/api\/reports\/linked\/[^\s]+/.exec(h.ports.mail.sent.map(({ text }) => text).join("\n"))?.[0] ?? "";

  await known.call("DELETE", `/api/contacts/${known.contactId}`);
  await known.workAll();
  for (const id of [named, grouped]) {
    const gone = await file(id);
    assert.deepEqual([gone.status, gone.body.code], [410, "gone"]);
    assert.match(gone.body.detail, /person.*erased.*anew/);
    const row = await known.call("GET", `/api/reports/${id}`);
    assert.deepEqual([row.state, row.error, row.size], ["withdrawn", gone.body.detail, null]);
  }
  assert.equal((await h.request("GET", link)).status, 410);
  assert.equal((await file(counted)).status, 200, "it counts, and names nobody");
  assert.equal((await file(theirs, stranger.token)).status, 200, "another workspace's");
  assert.deepEqual(await placesOf(h, SECRET), []);
  assert.equal((await Array.fromAsync(h.ports.blobs.list(`${known.workspaceId}/reports/`))).length, 1);
});

Deno.test("a report that is written while somebody is erased is written anew, without the person", async () => {
  await using h = await harness({ env: PRIVATE_ENV });
  const known = await openKnown(h);
  const { body: { id } } = await h.request("POST", "/api/reports", {
    token: known.token,
    body: { definition: { dataset: "conversations", columns: ["contact"] }, format: "csv" },
  });
  const { put } = h.ports.blobs;
  let erased = false;
  const during: typeof put = async (key, body, options) => {
    const kept = await put.call(h.ports.blobs, key, body, options);
    if (!erased && key.includes("/reports/")) {
      erased = true;
      await erasePerson(known.ctx, { contactId: known.contactId });
    }
    return kept;
  };
  Object.assign(h.ports.blobs, { put: during });
  const done = (await work(h, handlers)).filter(({ name }) => name === "reports.generate");
  assert.ok(erased);
  assert.deepEqual(done.map(({ result }) => result.kind), ["retry", "done"]);
  const file = await h.request("GET", `/api/reports/${id}/download`, { token: known.token });
  assert.equal(file.status, 200);
  assert.ok(!file.body.includes(SECRET));
});
