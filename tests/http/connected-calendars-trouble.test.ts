import assert from "node:assert/strict";
import { events } from "../../db/schema/log.ts";
import { connectedCalendars } from "../../db/schema/connected-calendars.ts";
import { notificationDeliveries as deliveries, notifications } from "../../db/schema/notifications.ts";
import { HOUR, MINUTE } from "../../lib/kernel/clock.ts";
import { at } from "./visits-world.ts";
import { freeHours, look, meeting, openCalendars } from "./calendars-world.ts";

Deno.test("a dead calendar keeps what it said last, says so once, waits longer, and recovers", async () => {
  await using world = await openCalendars();
  const { w, server, all } = world;
  server.serve({ components: meeting(12, 14) });
  const { body: { id } } = await w.call("POST", all, { name: "Propio", url: server.address("a") });
  await look(w);
  const state = async () => (await w.call("GET", `${all}/${id}`)).body;
  const { read_at } = await state();
  const wrong = [
    [{ do: "answer", status: 404 }, /404/],
    [{ do: "answer", status: 200, body: "<!doctype html>" }, /no calendar/],
    [{ do: "answer", status: 200, body: "BEGIN:VCALENDAR\r\nBEGIN:VEVENT" }, /broke off/],
    [{ do: "answer", status: 200, body: "x".repeat(6 * 1024 * 1024) }, /larger than/],
    [{ do: "answer", status: 302, headers: { location: "https://inside.example/a.ics" } }, /public internet/],
    [{ do: "drop" }, /./],
  ] as const;
  const waits: number[] = [];
  for (const [command, error] of wrong) {
    server.next(command);
    w.h.clock.advance(MINUTE);
    await look(w);
    const now = await state();
    assert.deepEqual([now.state, now.read_at], ["failing", read_at]);
    assert.match(now.error, error);
    waits.push((Date.parse(now.next_look_at) - w.h.clock.now()) / MINUTE);
  }
  assert.deepEqual(waits, [15, 30, 60, 120, 240, 240]);
  assert.ok(!(await freeHours(w)).includes(12), "what it said last still counts");
  await look(w);
  assert.deepEqual([(await state()).state, (await state()).error], ["ok", null]);
  const told = (await w.h.system.db.select().from(events)).map(({ type }) => type)
    .filter((type) => type.startsWith("calendar."));
  assert.deepEqual(told, ["calendar.connected", "calendar.failing", "calendar.recovered"]);
});

Deno.test("a calendar that fails three times in a row is told of once, in their words, until it has worked again", async () => {
  await using world = await openCalendars();
  const { w, server, all } = world;
  server.serve({ components: meeting(12, 14) });
  const { body: { id } } = await w.call("POST", all, { name: "Propio", url: server.address("a") });
  await look(w);
  const notices = async () =>
    (await w.h.system.db.select().from(notifications)).filter(({ template }) =>
      template === "calendar.unreadable"
    );
  const fail = async () => {
    server.next({ do: "answer", status: 404 });
    w.h.clock.advance(MINUTE);
    await look(w);
  };
  const said: number[] = [];
  for (let i = 0; i < 5; i++) {
    await fail();
    said.push((await notices()).length);
  }
  assert.deepEqual(said, [0, 0, 1, 1, 1]);
  const [notice] = await notices();
  const [delivery] = (await w.h.system.db.select().from(deliveries)).filter(({ notificationId }) =>
    notificationId === notice?.id
  );
  assert.equal(delivery?.userId, w.owner.userId, "whoever connected it");
  assert.match(`${delivery?.text ?? notice?.text}`, /«Propio» de Ana .*la dirección respondió 404/);

  await look(w);
  assert.equal((await w.call("GET", `${all}/${id}`)).body.state, "ok");
  w.h.clock.advance(2 * HOUR);
  await fail();
  assert.equal((await notices()).length, 2, "an hour without it is enough too, and it had worked meanwhile");
});

Deno.test("of a calendar whose connector has left, its operator is told", async () => {
  await using world = await openCalendars();
  const { w, server, all } = world;
  await w.call("POST", all, { name: "Propio", url: server.address("a") });
  await w.h.system.db.update(connectedCalendars).set({ connectedBy: "usr_who_left" });
  for (let i = 0; i < 3; i++) {
    server.next({ do: "answer", status: 404 });
    w.h.clock.advance(MINUTE);
    await look(w);
  }
  const sent = await w.h.system.db.select().from(deliveries);
  assert.deepEqual(sent.map(({ recipient, reason }) => [recipient, reason]), [["ana@aurora.example", null]]);
});

Deno.test("free times say which calendars could not be read, and so does a time that is refused", async () => {
  await using world = await openCalendars();
  const { w, server, all } = world;
  server.serve({ components: meeting(12, 14) });
  const { body: { id } } = await w.call("POST", all, { name: "Propio", url: server.address("a") });
  await look(w);
  const slots = async () => (await w.call("GET", `/api/visits/slots?operator_id=${w.ana}`)).body;
  assert.deepEqual((await slots()).unreadable_calendars, []);
  const { read_at } = (await w.call("GET", `${all}/${id}`)).body;
  server.next({ do: "answer", status: 500 });
  await look(w);
  const unreadable = [{ operator_id: w.ana, calendar_id: id, name: "Propio", read_at }];
  assert.deepEqual((await slots()).unreadable_calendars, unreadable);
  const refused = await w.call("POST", "/api/visits", {
    subject: "Horno",
    starts_at: at(12),
    operator_id: w.ana,
  });
  assert.deepEqual([refused.status, refused.body.unreadable_calendars], [409, unreadable]);
});
