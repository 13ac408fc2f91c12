import assert from "node:assert/strict";
import { AppError } from "../../lib/kernel/errors.ts";
import type { Harness } from "../support/harness.ts";
import { at, openVisits, paths, type VisitWorld } from "./visits-world.ts";

const PNG = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]);

async function standing(w: VisitWorld): Promise<string> {
  const { status, body } = await w.call("POST", "/api/visits", {
    subject: "Horno",
    starts_at: at(12),
    operator_id: w.ana,
    site_id: w.site,
  });
  assert.equal(status, 201);
  return body.id;
}

Deno.test("an inactive operator is sent nowhere: not named, not by a time, not asked for slots", async () => {
  await using w = await openVisits();
  const { body: asked } = await w.call("POST", "/api/visits", { subject: "Horno" });
  await w.call("POST", `/api/operators/${w.ana}/deactivate`, {});
  const named = { operator_id: w.ana };
  const tries: [string, string, object?][] = [
    ["POST", "/api/visits", { subject: "Horno", starts_at: at(12), ...named }],
    ["POST", "/api/visits", { subject: "Horno", ...named }],
    ["PUT", `/api/visits/${asked.id}`, named],
    ["POST", `/api/visits/${asked.id}/reschedule`, { starts_at: at(12), ...named }],
    ["GET", `/api/visits/slots?operator_id=${w.ana}`],
  ];
  for (const [method, path, body] of tries) {
    const refused = await w.call(method, path, body);
    assert.deepEqual([refused.status, paths(refused.body)], [422, ["operator_id"]], `${method} ${path}`);
  }
  assert.equal((await w.call("GET", `/api/visits/${asked.id}`)).body.operator_id, null);
});

Deno.test("nobody is sent to a site that was removed, by itself or with its client; visits there still say where", async () => {
  for (const remove of ["site", "client"] as const) {
    await using w = await openVisits();
    const id = await standing(w);
    const url = (await w.call("POST", `/api/operators/${w.ana}/calendar`)).body.url;
    const path = { site: `/api/sites/${w.site}`, client: `/api/clients/${w.client}` }[remove];
    assert.equal((await w.call("DELETE", path)).status, 204);
    for (const starts_at of [undefined, at(15)]) {
      const refused = await w.call("POST", "/api/visits", { subject: "Otra", site_id: w.site, starts_at });
      assert.deepEqual([refused.status, paths(refused.body)], [422, ["site_id"]], remove);
    }
    assert.equal((await w.call("GET", `/api/visits/slots?site_id=${w.site}`)).status, 422, remove);
    assert.equal((await w.call("PUT", `/api/sites/${w.site}`, { name: "X" })).status, 404, remove);
    assert.equal((await w.call("DELETE", `/api/sites/${w.site}`)).status, 404, remove);
    const { body: site } = await w.call("GET", `/api/sites/${w.site}`);
    assert.deepEqual([site.name, typeof site.removed_at], ["Centro", "string"], remove);
    const feed = await w.call("GET", new URL(url).pathname);
    assert.match(feed.body, /LOCATION:Centro\\, Av\. Juárez 101/);
    const contact = await w.call("PUT", `/api/visits/${id}`, { contact_id: w.contact });
    assert.deepEqual([contact.status, contact.body.site_id], [200, w.site], "what it has stays");
    assert.equal((await w.call("POST", `/api/visits/${id}/reschedule`, { starts_at: at(13) })).status, 200);
    if (remove === "site") {
      assert.deepEqual((await w.call("GET", `/api/clients/${w.client}/sites`)).body.data, []);
    }
  }
});

Deno.test("a picture whose commit lost its answer is kept, and one that was refused goes", async () => {
  await using w = await openVisits();
  const id = await standing(w);
  const path = `/api/visits/${id}/attachments`;
  await w.call("POST", `/api/visits/${id}/check-in`, {});
  const files = async () => await Array.fromAsync(w.h.ports.blobs.list(""));
  const lost = loseAnswers(w.h);
  assert.equal((await w.call("POST", path, photo())).status, 503);
  lost.end();
  const { photos } = (await w.call("GET", `/api/visits/${id}`)).body;
  assert.equal(photos.length, 1);
  assert.equal((await w.call("GET", `${path}/${photos[0].id}`)).status, 200, "the row has its file");
  assert.equal((await files()).length, 1);
  for (let more = 1; more < 50; more++) assert.equal((await w.call("POST", path, photo())).status, 201);
  assert.equal((await w.call("POST", path, photo())).status, 409);
  assert.equal((await files()).length, 50, "what was refused left nothing");
});

function photo(): FormData {
  const form = new FormData();
  form.set("file", new File([PNG], "horno.png"));
  return form;
}

/** Every commit stands, and who asked for it is told that nobody knows. */
function loseAnswers(h: Harness): { end(): void } {
  const { database } = h.ports;
  const whole = database.transact;
  const transact: typeof whole = async (work) => {
    await whole.call(database, work);
    throw new AppError("busy", "The connection was lost at the commit");
  };
  Object.assign(database, { transact });
  return { end: () => void Object.assign(database, { transact: whole }) };
}
