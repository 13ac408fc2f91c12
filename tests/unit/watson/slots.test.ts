import assert from "node:assert/strict";
import { slotsIn } from "../../../lib/watson/slots.ts";

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
