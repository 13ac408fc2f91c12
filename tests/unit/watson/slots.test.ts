import assert from "node:assert/strict";
import { answerTo, slotsIn } from "../../../lib/watson/slots.ts";

Deno.test("a notice to a chat goes to the address that is named after a #, else to the default one", async () => {
  const heard = async (text: string) => {
    const speech = { text, locale: "es", zone: "UTC", now: 0 } as const;
    const { channel, recipient, message } = await slotsIn("send_notification", speech);
    return [channel, recipient, message];
  };
  const message = "el servidor volvió";
  assert.deepEqual(await heard(`Notifica por Slack a #ventas que ${message}`), ["slack", "ventas", message]);
  assert.deepEqual(await heard(`Notifica por Teams que ${message}`), ["teams", "default", message]);
  assert.deepEqual(await heard(`Avisa en Discord a #guardia-2 que ${message}`), [
    "discord",
    "guardia-2",
    message,
  ]);
  assert.deepEqual(await heard(`Avisa a ana@example.com que ${message} en Slack`), [
    "email",
    "ana@example.com",
    `${message} en Slack`,
  ]);
});

Deno.test("who is told of as the client is the contact that the caller knows, and nobody where it knows none", async () => {
  const text = "Notifica al cliente que su equipo está listo";
  const speech = { text, locale: "es", zone: "UTC", now: 0 } as const;
  const known = { ...speech, contactId: "con_1" };
  const message = "su equipo está listo";
  assert.deepEqual(await slotsIn("send_notification", known), { recipient: "con_1", message });
  assert.deepEqual(await slotsIn("send_notification", speech), { message });
  assert.deepEqual(await answerTo("recipient", { ...known, text: "al cliente" }), { recipient: "con_1" });
  const named = await slotsIn("send_notification", {
    ...known,
    text: `Avisa a ana@example.com que ${message}`,
  });
  assert.equal(named.recipient, "ana@example.com");
});

Deno.test("an answer to what a message should say is the message, without the words that only lead to it", async () => {
  const speech = { locale: "es", zone: "UTC", now: 0 } as const;
  for (const text of ["que ya llegó su pedido", "dile que ya llegó su pedido", "ya llegó su pedido"]) {
    assert.deepEqual(await answerTo("message", { ...speech, text }), { message: "ya llegó su pedido" });
  }
});

Deno.test("of two days that a visit is spoken of with, the first is the one that it has", async () => {
  const said = {
    es: [
      "Cambia la cita de mantenimiento del viernes al lunes a las 9",
      "No puedo el viernes, cambia mi cita para el lunes a las 9",
      "Mueve la visita del viernes a las 10 al lunes a las 9",
      "Cambia mi cita del 9 al 12 de enero a las 9",
    ],
    en: ["Move Friday's visit to Monday at 9", "Move my Friday appointment to Monday at 9 am"],
  };
  for (const locale of ["es", "en"] as const) {
    for (const text of said[locale]) {
      const speech = { text, locale, zone: "UTC", now: Date.parse("2026-01-06T12:00:00Z") };
      const { when, which } = await slotsIn("reschedule_visit", speech);
      assert.deepEqual([which?.date, when], ["2026-01-09", { date: "2026-01-12", minutes: 540 }], text);
    }
  }
  const alone = await slotsIn("reschedule_visit", {
    text: "Mueve la visita al lunes 12 de enero a las 9",
    locale: "es",
    zone: "UTC",
    now: Date.parse("2026-01-06T12:00:00Z"),
  });
  assert.deepEqual(alone, { when: { date: "2026-01-12", minutes: 540 } });
});
