import assert from "node:assert/strict";
import { AppError } from "../../../lib/kernel/errors.ts";
import { DAY } from "../../../lib/kernel/clock.ts";
import { expireReports } from "../../../lib/reports/mod.ts";
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

Deno.test("a report that failed, waits or is written no longer asks for an erased person by name, and one that asks for none is written", async () => {
  await using h = await harness({ env: PRIVATE_ENV });
  const known = await openKnown(h);
  const ask = async (definition: object) =>
    String((await known.call("POST", "/api/reports", { definition, format: "csv" })).id);
  const byName = {
    dataset: "tickets",
    filters: [
      { column: "state", op: "ne", value: "closed" },
      { column: "subject", op: "contains", value: SECRET },
    ],
  };
  const { put } = h.ports.blobs;
  const failing: typeof put = () => Promise.reject(new AppError("payload_too_large", "No room for it"));
  Object.assign(h.ports.blobs, { put: failing });
  const failed = await ask(byName);
  await known.workAll();
  let written = "";
  const during: typeof put = async (key, body, options) => {
    const kept = await put.call(h.ports.blobs, key, body, options);
    if (written === "") {
      written = key;
      await erasePerson(known.ctx, { contactId: known.contactId });
    }
    return kept;
  };
  Object.assign(h.ports.blobs, { put: during });
  const running = await ask(byName);
  const waiting = await ask(byName);
  const others = await ask({ dataset: "tickets", filters: [{ column: "state", op: "ne", value: "closed" }] });
  const states = async () =>
    await Promise.all(
      [failed, running, waiting, others].map(async (id) =>
        (await known.call("GET", `/api/reports/${id}`)).state
      ),
    );
  assert.deepEqual(await states(), ["failed", "queued", "queued", "queued"]);
  await known.workAll();
  assert.ok(written.endsWith(running), written);
  assert.deepEqual(await states(), ["failed", "withdrawn", "withdrawn", "done"]);
  assert.deepEqual(await placesOf(h, SECRET), []);
  const files = await Array.fromAsync(h.ports.blobs.list(`${known.workspaceId}/reports/`));
  assert.equal(files.length, 1);
  h.clock.advance(31 * DAY);
  assert.equal(await expireReports(h.system), 4);
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
