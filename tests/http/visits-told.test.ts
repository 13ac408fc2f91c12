import assert from "node:assert/strict";
import { notificationDeliveries as deliveries, notifications } from "../../db/schema/notifications.ts";
import { setMyPreferences } from "../../lib/notifications/mod.ts";
import { at, openVisits } from "./visits-world.ts";

Deno.test("both sides are told and reminded once, the reminders move with the visit, and none comes for one that is off", async () => {
  await using w = await openVisits();
  const { body: visit } = await w.call("POST", "/api/visits", {
    subject: "Horno",
    starts_at: at(12, 0, 1),
    operator_id: w.ana,
    site_id: w.site,
    contact_id: w.contact,
  });
  assert.deepEqual(await w.settle(), ["visit.scheduled", "visit.scheduled"]);
  assert.deepEqual(await w.settle(), [], "not a second time");
  await w.call("POST", `/api/visits/${visit.id}/reschedule`, { starts_at: at(16, 0, 1) });
  assert.deepEqual(await w.settle(), ["visit.changed", "visit.changed"]);
  w.h.clock.set(Date.parse(at(11, 0, 1)));
  assert.deepEqual(await w.settle(), ["visit.reminder"], "of the day before, for the time that it has now");
  w.h.clock.set(Date.parse(at(14, 0, 1)));
  assert.deepEqual(await w.settle(), ["visit.reminder"], "two hours before");
  w.h.clock.set(Date.parse(at(15, 0, 1)));
  assert.deepEqual(await w.settle(), ["visit.reminder"], "the operator, an hour before");
  w.h.clock.set(Date.parse(at(15, 59, 1)));
  assert.deepEqual(await w.settle(), []);
  const told = await w.h.system.db.select().from(notifications);
  const of = (template: string) => told.filter((one) => one.template === template).map(({ data }) => data);
  assert.ok(
    of("visit.changed").every((data) => /16:00/.test(String(data["when_es"]))),
    "on the site's clock",
  );
  assert.deepEqual(
    of("visit.scheduled").filter((data) => data["link"] !== "").length,
    1,
    "the link is the client's",
  );
});

Deno.test("an operator who is no user of the desk hears of a visit in a language of theirs that the business speaks", async () => {
  await using w = await openVisits();
  await w.call("PUT", "/api/business/config", { languages: ["es", "en"] });
  const heard = async (name: string, languages: string[]) => {
    const email = `${name}@aurora.example`;
    const { body: operator } = await w.call("POST", "/api/operators", { name, email, languages });
    await w.call("POST", "/api/visits", {
      subject: "Horno",
      starts_at: at(12, 0, 1),
      operator_id: operator.id,
    });
    await w.settle();
    const sent = await w.h.system.db.select().from(deliveries);
    return sent.find(({ recipient }) => recipient === email)?.locale;
  };
  assert.deepEqual([await heard("luis", ["en-US"]), await heard("eva", ["de"])], ["en", "es"]);
});

Deno.test("a visit that is called off reminds nobody; both sides hear why, and so does who had it before", async () => {
  await using w = await openVisits();
  const { body: luis } = await w.call("POST", "/api/operators", {
    name: "Luis",
    email: "luis@aurora.example",
  });
  const { body: visit } = await w.call("POST", "/api/visits", {
    subject: "Horno",
    starts_at: at(12, 0, 1),
    operator_id: w.ana,
    contact_id: w.contact,
  });
  await w.settle();
  await w.call("PUT", `/api/visits/${visit.id}`, { operator_id: luis.id });
  assert.deepEqual((await w.settle()).sort(), ["visit.cancelled", "visit.changed", "visit.changed"]);
  const off = await w.call("POST", `/api/visits/${visit.id}/cancel`, { reason: "Llueve" });
  assert.deepEqual([off.body.state, off.body.cancel_reason], ["cancelled", "Llueve"]);
  assert.deepEqual(await w.settle(), ["visit.cancelled", "visit.cancelled"]);
  w.h.clock.set(Date.parse(at(11, 30, 1)));
  assert.deepEqual(await w.settle(), []);
  assert.equal((await w.call("POST", `/api/visits/${visit.id}/cancel`, {})).status, 422);
  const again = await w.call("POST", `/api/visits/${visit.id}/reschedule`, { starts_at: at(15, 0, 1) });
  assert.deepEqual([again.status, again.body.allowed], [409, []]);
});

Deno.test("another place or another contact of a visit to come is told to both sides, other details to nobody", async () => {
  await using w = await openVisits();
  const { body: visit } = await w.call("POST", "/api/visits", {
    subject: "Horno",
    starts_at: at(12, 0, 1),
    operator_id: w.ana,
    client_id: w.client,
    contact_id: w.contact,
    address: "Calle 1",
  });
  await w.settle();
  const path = `/api/visits/${visit.id}`;
  await w.call("PUT", path, { subject: "Horno grande", instructions: "Pieza 7-B" });
  assert.deepEqual(await w.settle(), []);
  const moved = await w.call("PUT", path, { address: "Calle 2" });
  assert.deepEqual([moved.body.address, moved.body.state], ["Calle 2", "scheduled"]);
  assert.deepEqual(await w.settle(), ["visit.changed", "visit.changed"]);
  const { body: luz } = await w.call("POST", `/api/clients/${w.client}/contacts`, {
    email: "luz@espiga.example",
  });
  await w.call("PUT", path, { contact_id: luz.id });
  assert.deepEqual(await w.settle(), ["visit.changed", "visit.changed"]);
  const { body: told } = await w.call(
    "GET",
    "/api/advanced/notifications/history?recipient=luz@espiga.example",
  );
  assert.match(told.data[0]?.message ?? "", /Calle 2/);
  await w.call("POST", `${path}/cancel`, { reason: "Se pospone" });
  await w.settle();
  await w.call("PUT", path, { address: "Calle 3" });
  assert.deepEqual(await w.settle(), [], "of one that is off nothing is news");
});

Deno.test("a client's only contact is told where nobody is named; of several nobody is guessed", async () => {
  await using w = await openVisits();
  const make = async (hour: number) =>
    (await w.call("POST", "/api/visits", {
      subject: "Horno",
      starts_at: at(hour, 0, 1),
      operator_id: w.ana,
      site_id: w.site,
    })).body;
  const first = await make(10);
  assert.deepEqual([first.client_id, first.contact_id], [w.client, w.contact]);
  assert.deepEqual(await w.settle(), ["visit.scheduled", "visit.scheduled"]);
  await w.call("POST", `/api/clients/${w.client}/contacts`, { email: "luz@espiga.example" });
  assert.equal((await make(14)).contact_id, null);
});

Deno.test("who has no language of their own is told in the business's", async () => {
  await using w = await openVisits();
  await w.call("PUT", "/api/business/config", { languages: ["en"] });
  await w.call("POST", "/api/visits", {
    subject: "Oven",
    starts_at: at(12, 0, 1),
    operator_id: w.ana,
    contact_id: w.contact,
  });
  await w.settle();
  const { body } = await w.call("GET", "/api/advanced/notifications/history");
  const said = body.data.map(({ subject }: { subject: string }) => subject);
  assert.equal(said.length, 2);
  for (const subject of said) assert.match(subject, /^Visit: Oven/);
});

Deno.test("a reminder that quiet hours would hold back until the visit is not sent", async () => {
  await using w = await openVisits();
  const { body: luis } = await w.call("POST", "/api/operators", {
    name: "Luis",
    user_id: w.owner.userId,
    timezone: "America/Monterrey",
  });
  await w.call("POST", "/api/visits", { subject: "Horno", starts_at: at(12, 0, 1), operator_id: luis.id });
  await w.settle();
  const quiet_hours = { timezone: "America/Monterrey", from: "10:30", to: "12:30", days: [] };
  await setMyPreferences(w.owner.ctx, { preferences: [], quiet_hours });
  w.h.clock.set(Date.parse(at(11, 0, 1)));
  assert.deepEqual(await w.settle(), ["visit.reminder"]);
  const told = await w.h.system.db.select().from(deliveries);
  assert.deepEqual(
    told.filter(({ reason }) => reason === "too_late").map(({ channel, state }) => [channel, state]),
    [["email", "skipped"]],
  );
});
