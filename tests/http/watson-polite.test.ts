import assert from "node:assert/strict";
import { openWatson } from "./watson-world.ts";

Deno.test("polite and indirect orders move a visit and call it off, and what they leave open is asked for", async () => {
  await using line = await openWatson();
  const { h, token } = line;
  const zone = { timezone: "America/Monterrey" };
  await h.request("PUT", "/api/business/config", { token, body: zone });
  await h.request("POST", "/api/operators", { token, body: { name: "Luis", ...zone } });
  const say = async (text: string) => (await line.say(text)).body;
  const moved = async (...texts: string[]) => {
    const replies = [];
    for (const text of texts) replies.push(await say(text));
    const last = replies.at(-1);
    assert.deepEqual([last.action, last.outcome], ["reschedule_visit", "done"], JSON.stringify(replies));
    return last.result.starts_at;
  };
  const { id } = (await say("Me gustaría que viniera un técnico el martes a las 10")).result;
  assert.equal(
    await moved("¿Podrías mover la visita del martes al jueves?", "a las 11"),
    "2026-01-08T17:00:00.000Z",
  );
  assert.equal(await moved("Necesito que la visita sea el viernes", "a las 9"), "2026-01-09T15:00:00.000Z");
  assert.equal(await moved("Would you mind moving the visit to Thursday at 10?"), "2026-01-08T16:00:00.000Z");
  const asked = await say("Tendríamos que dejar la visita para otro día");
  assert.deepEqual([asked.outcome, asked.reply], [
    "asked",
    "¿Qué día y a qué hora? Por ejemplo: mañana a las 10.",
  ]);
  assert.equal(await moved("el miércoles a las 12"), "2026-01-07T18:00:00.000Z");
  const other = await say("Me gustaría cancelar mi pedido");
  assert.equal(other.action, null, "a visit is no order of goods");
  const off = await say("Me gustaría cancelar la visita");
  assert.deepEqual([off.outcome, off.result.id, off.result.state], ["done", id, "cancelled"]);
});
