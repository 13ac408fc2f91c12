import assert from "node:assert/strict";
import { notificationDeliveries, notifications } from "../../db/schema/notifications.ts";
import { contacts } from "../../db/schema/conversations.ts";
import { jobs } from "../../db/schema/jobs.ts";
import { events } from "../../db/schema/log.ts";
import { eq } from "drizzle-orm";
import { readICalendar } from "../support/icalendar.ts";
import { at, openVisits, paths, type VisitWorld } from "./visits-world.ts";

/** A scheduled visit, and the path of the link that its client was sent. */
async function linked(w: VisitWorld): Promise<{ id: string; link: string }> {
  const { body } = await w.call("POST", "/api/visits", {
    subject: "Horno <b>1</b>",
    starts_at: at(12, 0, 1),
    operator_id: w.ana,
    site_id: w.site,
    contact_id: w.contact,
  });
  await w.settle();
  const told = await w.h.system.db.select().from(notifications);
  const url = told.map(({ data }) => String(data["link"])).find((link) =>
    link !== "" && link.includes(body.id)
  );
  assert.ok(url !== undefined);
  return { id: body.id, link: new URL(url).pathname };
}

Deno.test("the client sees a visit by its link and confirms it, twice being once; a browser gets a page that has to be clicked", async () => {
  await using w = await openVisits();
  const { id, link } = await linked(w);
  const shown = await w.h.request("GET", link);
  assert.deepEqual([shown.status, shown.body.state, shown.body.where, shown.body.operator], [
    200,
    "scheduled",
    "Centro, Av. Juárez 101",
    "Ana",
  ]);
  assert.equal(shown.body.timezone, "America/Monterrey", "the client's clock, as in the mail");
  assert.ok(!JSON.stringify(shown.body).includes(w.client), "nothing of the inside");
  const page = await w.h.request("GET", link, { headers: { accept: "text/html" } });
  assert.match(page.headers.get("content-security-policy") ?? "", /default-src 'none'/);
  assert.match(page.body, /Horno &lt;b&gt;1&lt;\/b&gt;/);
  assert.match(page.body, /value="confirm"/);
  assert.equal(
    (await w.call("GET", `/api/visits/${id}`)).body.state,
    "scheduled",
    "opening confirms nothing",
  );
  const form = { "content-type": "application/x-www-form-urlencoded", accept: "text/html" };
  const sent = await w.h.request("POST", link, { body: "action=confirm", headers: form });
  assert.deepEqual([sent.status, /Confirmada/.test(sent.body)], [200, true]);
  const again = await w.h.request("POST", link, { body: { action: "confirm" } });
  assert.deepEqual([again.status, again.body.state], [200, "confirmed"]);
  const { body } = await w.call("GET", `/api/visits/${id}`);
  assert.deepEqual([body.confirmed_by, body.steps.length], ["client", 2]);
  const off = await w.h.request("POST", link, { body: { action: "cancel" } });
  assert.equal(off.body.state, "cancelled");
  await w.settle();
  const said = (await w.h.system.db.select().from(notificationDeliveries))
    .filter(({ subject }) => subject?.startsWith("Visita cancelada")).map(({ text }) => text ?? "");
  assert.ok(said.length > 0);
  for (const text of said) assert.match(text, /quedó cancelada por el cliente\.$/);
  const late = await w.h.request("POST", link, { body: { action: "confirm" } });
  assert.deepEqual([late.status, late.body.allowed], [409, []]);
});

Deno.test("the page of a visit is in the client's language where the business speaks it", async () => {
  for (const [languages, locale] of [[["es", "en"], "en"], [["es"], "es"], [["en-US"], "en"]] as const) {
    await using w = await openVisits();
    assert.equal((await w.call("PUT", "/api/business/config", { languages })).status, 200);
    await w.h.system.db.update(contacts).set({ locale: "en-GB" }).where(eq(contacts.id, w.contact));
    const { link } = await linked(w);
    assert.equal((await w.h.request("GET", link)).body.locale, locale, String(languages));
  }
});

Deno.test("a link that we did not make is 404, and an answer that is none is 422", async () => {
  await using w = await openVisits();
  const { id, link } = await linked(w);
  const other = (await linked({
    ...w,
    call: (method, path, body) =>
      w.call(method, path, path === "/api/visits" ? { ...body as object, starts_at: at(16, 0, 1) } : body),
  })).link;
  const secret = other.split(".").at(-1);
  for (const token of ["x", `${id}.`, `${id}.${"A".repeat(43)}`, `${id}.${secret}`, "..", "%00"]) {
    const path = `/api/visit-links/${token}`;
    assert.equal((await w.h.request("GET", path)).status, 404, token);
    assert.equal((await w.h.request("POST", path, { body: { action: "confirm" } })).status, 404, token);
  }
  for (const body of [{}, { action: "dance" }]) {
    const { status, body: problem } = await w.h.request("POST", link, { body });
    assert.deepEqual([status, paths(problem)], [422, ["action"]]);
  }
  assert.equal((await w.h.request("POST", link)).status, 422);
  assert.equal((await w.call("GET", `/api/visits/${id}`)).body.state, "scheduled");
});

Deno.test("an operator's calendar is read by its secret address, follows every change, and ends with a new address", async () => {
  await using w = await openVisits();
  const { id } = await linked(w);
  const { body: { url } } = await w.call("POST", `/api/operators/${w.ana}/calendar`);
  const read = async (address: string) => await w.h.request("GET", new URL(address).pathname);
  const first = await read(url);
  assert.match(first.headers.get("content-type") ?? "", /text\/calendar/);
  const event = async () =>
    readICalendar((await read(url)).body).events.find((one) => one.get("UID") === `${id}@cauce`);
  const before = await event();
  assert.deepEqual(["DTSTART", "STATUS", "LOCATION", "SUMMARY"].map((name) => before?.get(name)), [
    "20260106T180000Z",
    "TENTATIVE",
    "Centro, Av. Juárez 101",
    "Horno <b>1</b>",
  ]);
  const sequences = [Number(before?.get("SEQUENCE"))];
  for (
    const [path, body, status] of [
      ["confirm", undefined, "CONFIRMED"],
      ["reschedule", { starts_at: at(14, 0, 1) }, "TENTATIVE"],
      ["cancel", { reason: "x" }, "CANCELLED"],
    ] as const
  ) {
    assert.equal((await w.call("POST", `/api/visits/${id}/${path}`, body)).status, 200);
    const now = await event();
    assert.equal(now?.get("STATUS"), status);
    sequences.push(Number(now?.get("SEQUENCE")));
  }
  assert.deepEqual(sequences, [0, 1, 2, 3]);
  const { body: renewed } = await w.call("POST", `/api/operators/${w.ana}/calendar`);
  assert.equal((await read(url)).status, 404);
  assert.equal((await read(renewed.url)).status, 200);
  const feeds = await w.h.ports.database.client.execute("select * from visit_feeds");
  assert.ok(
    !JSON.stringify(feeds.rows).includes(new URL(renewed.url).pathname.split("/").at(-1)?.slice(0, -4) ?? ""),
  );
  assert.equal((await w.call("DELETE", `/api/operators/${w.ana}/calendar`)).status, 204);
  assert.equal((await read(renewed.url)).status, 404);
});

Deno.test("a person makes an address for their own calendar, and for nobody else's", async () => {
  await using w = await openVisits();
  const person = await w.h.person({ role: "operator", workspaceId: w.owner.workspaceId });
  const { body: own } = await w.call("POST", "/api/operators", { name: "Luis", user_id: person.userId });
  const ask = (id: string) => w.h.request("POST", `/api/operators/${id}/calendar`, { token: person.token });
  assert.deepEqual([(await ask(own.id)).status, (await ask(w.ana)).status], [201, 403]);
});

const PNG = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]);

function photo(bytes: Uint8Array<ArrayBuffer> = PNG, moment?: string): FormData {
  const form = new FormData();
  form.set("file", new File([bytes], "horno.png"));
  if (moment !== undefined) form.set("moment", moment);
  return form;
}

Deno.test("pictures belong to a visit that takes place: by their bytes, downloaded, not by who is elsewhere", async () => {
  await using w = await openVisits();
  const { id } = await linked(w);
  const path = `/api/visits/${id}/attachments`;
  assert.equal((await w.call("POST", path, photo())).status, 409, "before the check-in");
  await w.call("POST", `/api/visits/${id}/check-in`, {});
  const kept = await w.call("POST", path, photo(PNG, "check_in"));
  assert.deepEqual([kept.status, kept.body.moment, kept.body.content_type], [201, "check_in", "image/png"]);
  const text = new TextEncoder().encode("no picture at all");
  assert.equal((await w.call("POST", path, photo(text))).status, 415);
  const odd = await w.call("POST", path, photo(PNG, "lunch"));
  assert.deepEqual([odd.status, paths(odd.body)], [422, ["moment"]]);
  assert.equal((await w.call("GET", `/api/visits/${id}`)).body.photos.length, 1);
  const file = await w.call("GET", `${path}/${kept.body.id}`);
  assert.deepEqual([file.status, file.headers.get("content-length")], [200, String(PNG.byteLength)]);
  const { body: other } = await w.call("POST", "/api/visits", { subject: "x" });
  assert.equal((await w.call("GET", `/api/visits/${other.id}/attachments/${kept.body.id}`)).status, 404);
  const stranger = await w.h.person();
  for (const method of ["GET", "DELETE"]) {
    const foreign = await w.h.request(method, `${path}/${kept.body.id}`, { token: stranger.token });
    assert.equal(foreign.status, 404, method);
  }
  assert.equal((await w.call("DELETE", `/api/visits/${other.id}/attachments/${kept.body.id}`)).status, 404);
  assert.equal((await w.call("DELETE", `${path}/${kept.body.id}`)).status, 204);
  assert.equal((await w.call("GET", `${path}/${kept.body.id}`)).status, 404);
  assert.equal((await w.call("DELETE", `${path}/${kept.body.id}`)).status, 404);
  assert.deepEqual((await w.call("GET", `/api/visits/${id}`)).body.photos, []);
  const dropped = await w.h.system.db.select().from(jobs).where(eq(jobs.name, "blobs.delete"));
  assert.equal(dropped.length, 1, "the file goes as well");
});

Deno.test("exporting a contact has its visits; erasing it keeps when they were and forgets what they said and showed", async () => {
  await using w = await openVisits();
  const { id } = await linked(w);
  await w.call("POST", `/api/visits/${id}/check-in`, { note: "secreto", latitude: 1, longitude: 2 });
  await w.call("POST", `/api/visits/${id}/attachments`, photo());
  const exported = (await w.call("GET", `/api/contacts/${w.contact}/export`)).body;
  assert.deepEqual([exported.visits[0].check_in.note, exported.visits[0].photos.length], ["secreto", 1]);
  assert.equal((await w.call("DELETE", `/api/contacts/${w.contact}`)).status, 200);
  const { body } = await w.call("GET", `/api/visits/${id}`);
  assert.deepEqual([body.subject, body.check_in.note, body.check_in.latitude, body.photos, body.starts_at], [
    "",
    null,
    null,
    [],
    at(12, 0, 1),
  ]);
  const log = await w.h.system.db.select().from(events).where(eq(events.subjectId, id));
  assert.ok(log.length > 0 && !/secreto|Horno/.test(JSON.stringify(log)));
  const gone = await w.h.system.db.select().from(jobs).where(eq(jobs.name, "blobs.delete"));
  assert.equal(gone.length, 1);
});
