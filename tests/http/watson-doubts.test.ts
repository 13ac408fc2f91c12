import assert from "node:assert/strict";
import { openWatson } from "./watson-world.ts";

/** A business with a visit on Friday at 10, made in the talk "1". */
async function withVisit() {
  const line = await openWatson();
  const { h, token } = line;
  const zone = { timezone: "America/Monterrey" };
  await h.request("PUT", "/api/business/config", { token, body: zone });
  await h.request("POST", "/api/operators", { token, body: { name: "Luis", ...zone } });
  const say = async (text: string, more = {}) => (await line.say(text, { session_id: "1", ...more })).body;
  const { id, starts_at } = (await say("Agenda una visita el viernes a las 10")).result;
  const visit = async () => (await h.request("GET", `/api/visits/${id}`, { token })).body;
  const stands = async () => {
    const { state, starts_at: now } = await visit();
    return ["scheduled", "confirmed"].includes(state) && now === starts_at;
  };
  const mails = async () =>
    (await h.request("GET", "/api/advanced/notifications/history?recipient=ana@example.com", { token })).body
      .data;
  return { say, id, visit, stands, mails, [Symbol.asyncDispose]: () => line[Symbol.asyncDispose]() };
}

Deno.test("a visit is called off at once by a plain order, and after a yes where it was said in doubt; not after a no", async () => {
  await using world = await withVisit();
  const { say, stands, visit } = world;
  for (
    const [doubt, asks, no, leaves] of [
      ["Si llueve, cancela la visita", "¿La cancelo ahora?", "no", "De acuerdo, lo dejamos."],
      ["Cancela la visita si Ana no puede", "¿La cancelo ahora?", "todavía no", "De acuerdo, lo dejamos."],
      ["¿Puedo cancelar la visita?", "¿La cancelo ahora?", "no la canceles", "De acuerdo, lo dejamos."],
      ["If it rains, cancel the visit", "Shall I cancel it now?", "no, thanks", "All right, never mind."],
    ] as const
  ) {
    const asked = await say(doubt);
    assert.deepEqual([asked.outcome, asked.action, asked.reply], ["asked", "cancel_visit", asks], doubt);
    assert.ok(await stands(), doubt);
    const left = await say(no);
    assert.deepEqual([left.outcome, left.reply, await stands()], ["answered", leaves, true], doubt);
    const late = await say("sí");
    assert.deepEqual([late.action, await stands()], [null, true], "nothing waits for a yes any more");
  }
  for (const text of ["¿Qué pasa si cancelo?", "Aún no canceles", "No canceles la visita"]) {
    const { outcome, action } = await say(text);
    assert.deepEqual([outcome, action, await stands()], ["answered", null, true], text);
  }
  await say("Si llueve, cancela la visita");
  for (const unclear of ["si Ana no puede", "cancela", "pues no sé"]) {
    const again = await say(unclear);
    assert.deepEqual([again.reply, await stands()], ["¿La cancelo ahora?", true], unclear);
  }
  const done = await say("sí, por favor");
  assert.deepEqual([done.outcome, (await visit()).state], ["done", "cancelled"], JSON.stringify(done));
});

Deno.test("a plain order in place of the yes is one", async () => {
  await using world = await withVisit();
  await world.say("Quizá haya que cancelar la visita");
  assert.ok(await world.stands());
  const done = await world.say("cancela la visita");
  assert.deepEqual([done.outcome, (await world.visit()).state], ["done", "cancelled"]);
});

Deno.test("the plain order may name another visit, and the day on which it may rain is not the visit's", async () => {
  await using world = await withVisit();
  const { say, stands, visit } = world;
  const { id: other } = (await say("Agenda una visita el jueves a las 10")).result;
  assert.equal((await say("Si llueve el martes, cancela la visita del viernes")).outcome, "asked");
  assert.equal((await say("¿la visita?")).outcome, "asked", "no order");
  const done = await say("cancela la visita del jueves");
  assert.deepEqual([done.outcome, done.result.id, await stands()], ["done", other, true]);
  await say("Cancela la visita si llueve el martes");
  assert.equal((await say("sí")).outcome, "done");
  assert.equal((await visit()).state, "cancelled");
});

Deno.test("a yes that is delivered often, and at once, does it once", async () => {
  await using world = await withVisit();
  await world.say("Si llueve, cancela la visita", { message_id: "m-1" });
  const yes = () => world.say("sí", { message_id: "m-2" });
  const answers = await Promise.all(Array.from({ length: 5 }, yes));
  const [first] = answers;
  assert.equal(first.outcome, "done");
  for (const answer of [...answers, await yes()]) assert.deepEqual(answer, first);
  assert.equal((await world.visit()).state, "cancelled");
});

Deno.test("a visit is moved after a yes to the time that is named, which may be another one meanwhile", async () => {
  await using world = await withVisit();
  const { say, stands, visit } = world;
  const asked = await say("Quizá haya que cambiar la visita");
  assert.deepEqual([asked.outcome, asked.reply.slice(0, 9)], ["asked", "¿Qué día "]);
  const time = await say("el jueves a las 11");
  assert.deepEqual([time.reply, await stands()], ["¿La muevo ahora al jueves, 8 de enero, 11:00?", true]);
  const other = await say("no, mejor el miércoles a las 11");
  assert.deepEqual([other.reply, await stands()], ["¿La muevo ahora al miércoles, 7 de enero, 11:00?", true]);
  const done = await say("vale");
  assert.deepEqual([done.outcome, (await visit()).starts_at], ["done", "2026-01-07T17:00:00.000Z"]);
  const english = await say("If it rains, move the visit to Tuesday at 11", { session_id: "1" });
  assert.match(english.reply, /^Shall I move it to Tuesday, January 6.* now\?$/);
  assert.equal((await say("no")).outcome, "answered");
  assert.equal((await visit()).starts_at, "2026-01-07T17:00:00.000Z");
});

Deno.test("a notice that hangs on something goes out after a yes, and one whose words say 'if' at once", async () => {
  await using world = await withVisit();
  const { say, mails } = world;
  const asked = await say("Si no contesta, avisa a ana@example.com que vamos tarde");
  assert.deepEqual([asked.outcome, asked.reply], ["asked", "¿Envío ahora este aviso: «vamos tarde»?"]);
  assert.equal((await say("no")).outcome, "answered");
  assert.equal((await mails()).length, 0);
  await say("If she does not answer, send an email to ana@example.com", { session_id: "2" });
  const words = await say("if it rains we stay at home", { session_id: "2" });
  assert.equal(words.reply, 'Shall I send this notification now: "if it rains we stay at home"?');
  const sent = await say("yes, go ahead", { session_id: "2" });
  assert.deepEqual([sent.outcome, sent.result.message], ["done", "if it rains we stay at home"]);
  const plain = await say("Avisa a ana@example.com que si llueve no vamos");
  assert.deepEqual([plain.outcome, plain.result.message], ["done", "si llueve no vamos"]);
  assert.equal((await mails()).length, 2);
});
