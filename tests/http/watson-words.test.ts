import assert from "node:assert/strict";
import { eq } from "drizzle-orm";
import { contacts } from "../../db/schema/conversations.ts";
import { KEY, openWatson, quiet } from "./watson-world.ts";

Deno.test("what is refused for one value is asked for again, and the rest of what was said is kept", async () => {
  await using line = await openWatson({ ports: { fetch: quiet(() => 204) } });
  const { h, token } = line;
  const zone = { timezone: "America/Monterrey" };
  await h.request("PUT", "/api/business/config", { token, body: zone });
  await h.request("POST", "/api/operators", { token, body: { name: "Luis", ...zone } });
  await line.say("Agenda una visita para revisar el horno el viernes a las 10");
  const asked = await line.say("Agenda una visita para cambiar el filtro el viernes");
  assert.equal(asked.body.reply, "¿A qué hora? Por ejemplo: a las 10.");
  const taken = await line.say("a las 10");
  assert.deepEqual([taken.body.outcome, taken.body.result.code], ["refused", "conflict"]);
  assert.match(taken.body.reply, /^No fue posible: ya hay otra visita a esa hora\. Hay lugar: /);
  const moved = await line.say("entonces a las 12");
  assert.deepEqual([moved.body.action, moved.body.outcome], ["schedule_visit", "done"]);
  assert.match(moved.body.reply, /^La visita queda agendada para el viernes.*12:00/);
  assert.match(moved.body.result.subject, /filtro/);
  await line.say("La impresora no imprime");
  const unknown = await line.say("¿Cómo va el ticket 99?");
  assert.equal(unknown.body.outcome, "refused");
  assert.match((await line.say("perdón, el 1")).body.reply, /^El ticket T-1 /);
  const idle = await line.say("Cancela");
  assert.deepEqual([idle.body.outcome, /^No hay nada en curso/.test(idle.body.reply)], ["answered", true]);
});

Deno.test("what is refused is said in the language of the talk, also by a tool, and who wants no notice is not told one comes", async () => {
  await using line = await openWatson();
  const { h, token } = line;
  const spanish = async (text: string, context = {}) => {
    const { body } = await line.say(text, { session_id: `s-${text}`, context: { locale: "es", ...context } });
    assert.equal(body.outcome, "refused", JSON.stringify(body));
    return body.reply;
  };
  assert.equal(await spanish("¿Cómo va el ticket 99?"), "No fue posible: no encuentro ese ticket.");
  assert.equal(
    await spanish("Abre un ticket: gotea el techo del almacén", { client_id: "cli_nobody" }),
    "No fue posible: no conozco a ese cliente.",
  );
  assert.equal(
    await spanish("Agenda una visita mañana a las 10"),
    "No fue posible: nadie puede hacer la visita.",
  );
  assert.equal(
    await spanish('Envía un SMS a +525512345678 que diga "ya vamos"'),
    "No fue posible: ese servicio no está configurado en este negocio.",
  );
  await h.request("POST", "/api/operators", { token, body: { name: "Luis", hours: {} } });
  const night = await spanish("Agenda una visita mañana a las 10", { operator_id: "opr_nobody" });
  assert.equal(night, "No fue posible: nadie puede hacer la visita.");
  const english = await line.say("What is the status of ticket 99?", {
    session_id: "en",
    context: { locale: "en" },
  });
  assert.equal(english.body.reply, "That was not possible: I can't find that ticket.");
  const tool = await h.request("POST", "/api/watson/tools/query_status", {
    headers: { "x-api-key": KEY },
    body: { ticket_number: 99, locale: "es" },
  });
  assert.deepEqual([tool.status, tool.body.reply], [404, "No fue posible: no encuentro ese ticket."]);
});

Deno.test("an hour that is said later is of the day that was said before, whatever was said in between", async () => {
  await using line = await openWatson();
  const { h, token } = line;
  await h.request("PUT", "/api/business/config", { token, body: { timezone: "America/Monterrey" } });
  await h.request("POST", "/api/operators", { token, body: { name: "Luis", timezone: "America/Monterrey" } });
  const talks: [string, string[], string][] = [
    ["days", ["Quiero agendar una visita", "el jueves", "a las 25", "a las 11"], "2026-01-08T17:00:00.000Z"],
    ["en", ["I want to schedule a visit", "on Friday", "at 3 pm"], "2026-01-09T21:00:00.000Z"],
    [
      "change",
      ["Quiero agendar una visita", "el jueves", "mejor el viernes a las 9"],
      "2026-01-09T15:00:00.000Z",
    ],
  ];
  for (const [session_id, texts, expected] of talks) {
    let last: Awaited<ReturnType<typeof line.say>> | undefined;
    for (const text of texts) last = await line.say(text, { session_id });
    assert.deepEqual(
      [last?.body.outcome, last?.body.result?.starts_at],
      ["done", expected],
      JSON.stringify(last?.body),
    );
  }
});

Deno.test("what is of no language is answered in the business's, also by a tool", async () => {
  await using line = await openWatson();
  const { h, token } = line;
  await h.request("PUT", "/api/business/config", { token, body: { languages: ["en"] } });
  assert.match((await line.say("xyzzy plugh")).body.reply, /^I did not understand/);
  const { body } = await h.request("POST", "/api/watson/tools/query_status", {
    headers: { "x-api-key": KEY },
    body: { ticket_number: 99 },
  });
  assert.equal(body.reply, "That was not possible: I can't find that ticket.");
});

Deno.test("of a notification that is not sent, or not yet, the true reason is told in the language of the talk", async () => {
  await using line = await openWatson({ env: { SMTP_HOST: "127.0.0.1", MAIL_FROM: "desk@aurora.example" } });
  const { h, token } = line;
  const make = async (identity: Record<string, string>, peace?: Record<string, unknown>) => {
    const { body } = await h.request("POST", "/api/clients", {
      token,
      body: { name: JSON.stringify(identity) },
    });
    const { body: made } = await h.request("POST", `/api/clients/${body.id}/contacts`, {
      token,
      body: identity,
    });
    const path = `/api/contacts/${made.id}/notification-preferences`;
    if (peace !== undefined) {
      const set = await h.request("PUT", path, {
        token,
        body: { preferences: [], quiet_hours: null, ...peace },
      });
      assert.equal(set.status, 200, JSON.stringify(set.body));
    }
    return String(made.id);
  };
  const send = async (recipient: string, locale: "es" | "en") =>
    (await h.request("POST", "/api/watson/tools/send_notification", {
      headers: { "x-api-key": KEY },
      body: { channel: "email", recipient, message: "Ya vamos", locale },
    })).body.reply;
  const muted = await make({ email: "a@espiga.example" }, {
    preferences: [{ category: "*", channel: "email", enabled: false }],
  });
  assert.equal(await send(muted, "es"), "No se envía: quien lo recibiría no quiere avisos por ese medio.");
  const left = await make({ email: "b@espiga.example" });
  await h.system.db.update(contacts).set({ optedOutAt: h.clock.now() }).where(eq(contacts.id, left));
  assert.equal(await send(left, "es"), "No se envía: esa persona pidió que no se le escriba.");
  assert.equal(await send(left, "en"), "It is not sent: that person asked not to be written to.");
  const quietNow = await make({ email: "c@espiga.example" }, {
    quiet_hours: { timezone: "UTC", from: "00:00", to: "23:59", days: [] },
  });
  assert.match(
    await send(quietNow, "es"),
    /^Son horas de silencio para esa persona: el aviso saldrá el lunes/,
  );
  assert.match(
    await send(quietNow, "en"),
    /^These are quiet hours for that person: the notification goes out on Monday/,
  );
  const phoneOnly = await make({ phone: "+5215512345678" });
  assert.equal(
    await send(phoneOnly, "es"),
    "No fue posible: esa persona no tiene dirección para ese medio.",
  );
  assert.equal(
    await send("con_nobody", "en"),
    "That was not possible: that contact does not exist, or was erased.",
  );
});

Deno.test("what is misspelled is understood and asked about, and a visit is made on no day that was not said", async () => {
  await using line = await openWatson();
  const { h, token } = line;
  const zone = { timezone: "America/Monterrey" };
  await h.request("PUT", "/api/business/config", { token, body: zone });
  await h.request("POST", "/api/operators", { token, body: { name: "Luis", ...zone } });
  const talk = async (session_id: string, ...texts: string[]) => {
    const replies = [];
    for (const text of texts) replies.push((await line.say(text, { session_id })).body);
    return replies;
  };
  const [asked, opened] = await talk("1", "ola, quiero avrir un tiket", "la inpresora no inprime nada");
  assert.deepEqual([asked?.outcome, opened?.result.subject], ["asked", "la inpresora no inprime nada"]);
  const [what, english] = await talk("2", "i wnat to opne a tikcet", "teh printer dosent work, its urgnt");
  assert.match(what?.reply, /^What is the matter\?/);
  assert.equal(english?.result.priority, "urgent");
  const [friday] = await talk("3", "quisiera una sita para el biernes a las 4 de la tarde");
  assert.equal(friday?.result.starts_at, "2026-01-09T22:00:00.000Z");
  assert.equal(friday?.result.subject, "Visita");
  const [day, when] = await talk(
    "4",
    "Agenda una visita a las diez y media para cambiar el filtro",
    "el juebes",
  );
  assert.equal(day?.reply, "¿Qué día? Por ejemplo: mañana o el lunes.");
  assert.equal(when?.result.starts_at, "2026-01-08T16:30:00.000Z");
  assert.match(when?.result.subject, /filtro/);
  const [hour, visit] = await talk("5", "schedle a vist on teusday", "at two");
  assert.equal(hour?.reply, "At what time? For example: at 10.");
  assert.equal(visit?.outcome, "done");
});

Deno.test("a visit is moved and called off in words: the one of the talk, the only one of whoever speaks, and nobody else's", async () => {
  await using line = await openWatson();
  const { h, token } = line;
  const zone = { timezone: "America/Monterrey" };
  await h.request("PUT", "/api/business/config", { token, body: zone });
  await h.request("POST", "/api/operators", { token, body: { name: "Luis", ...zone } });
  const { body: client } = await h.request("POST", "/api/clients", { token, body: { name: "La Espiga" } });
  const say = async (session_id: string, text: string, context = {}) =>
    (await line.say(text, { session_id, context })).body;
  const visit = (await say("1", "Agenda una visita el viernes a las 10")).result.id;
  const moved = await say("1", "cambia la bisita del viernes al martes a las 12");
  assert.deepEqual([moved.action, moved.result.id, moved.result.starts_at], [
    "reschedule_visit",
    visit,
    "2026-01-06T18:00:00.000Z",
  ]);
  assert.match(moved.reply, /^La visita pasa al martes, 6 de enero, 12:00\.$/);
  await say("1", "mueve la cita para el miércoles");
  const off = await say("1", "ya no, cancela la visita");
  assert.equal(off.reply, "De acuerdo, lo dejamos.", "it is not moved, and stands");
  assert.match((await say("2", "Cancela mi cita")).reply, /no encuentro esa visita/, "another talk");
  const ended = await say("1", "kiero canselar mi visita");
  assert.match(ended.reply, /^La visita del martes, 6 de enero, 12:00 queda cancelada\.$/);
  assert.equal((await h.request("GET", `/api/visits/${visit}`, { token })).body.state, "cancelled");
  assert.equal((await say("1", "Cancela la visita")).outcome, "refused", "there is none any more");
  const theirs = { client_id: client.id };
  await say("3", "Schedule a visit on Thursday at 9", theirs);
  await say("4", "Schedule a visit on Friday at 9", theirs);
  const several = await say("7", "Move my appointment to Tuesday at 11", theirs);
  assert.match(several.reply, /there are several visits to come/);
  const said = await say("7", "the one on Thursday", theirs);
  assert.equal(said.result.starts_at, "2026-01-06T17:00:00.000Z");
  const from = await say("8", "Move my appointment from Tuesday to Thursday at 9", theirs);
  assert.equal(from.result.starts_at, "2026-01-08T15:00:00.000Z");
  const which = await say("5", "I need to cancel my appointment", theirs);
  assert.match(which.reply, /there are several visits to come/);
  assert.match(
    (await say("5", "the one on Friday", theirs)).reply,
    /^The visit of Friday, January 9.* is cancelled\.$/,
  );
  const taken = await say("6", "Move my appointment to next Monday", theirs);
  assert.equal(taken.reply, "At what time? For example: at 10.");
  assert.equal((await say("6", "at 3 pm", theirs)).result.starts_at, "2026-01-12T21:00:00.000Z");
  const tool = await h.request("POST", "/api/watson/tools/cancel_visit", {
    headers: { "x-api-key": KEY },
    body: { visit_id: "vis_nobody", locale: "es" },
  });
  assert.deepEqual([tool.status, tool.body.reply], [
    404,
    "No fue posible: no existe, o no es de este negocio.",
  ]);
});

Deno.test("no visit is called off or moved that nobody ordered: not when it is forbidden, asked about or another one", async () => {
  await using line = await openWatson();
  const { h, token } = line;
  const zone = { timezone: "America/Monterrey" };
  await h.request("PUT", "/api/business/config", { token, body: zone });
  await h.request("POST", "/api/operators", { token, body: { name: "Luis", ...zone } });
  const { body: client } = await h.request("POST", "/api/clients", { token, body: { name: "La Espiga" } });
  const say = async (session_id: string, text: string, context = {}) =>
    (await line.say(text, { session_id, context })).body;
  const { id, starts_at } = (await say("1", "Agenda una visita el viernes a las 10")).result;
  const stands = async () => {
    const { body } = await h.request("GET", `/api/visits/${id}`, { token });
    return ["scheduled", "confirmed"].includes(body.state) && body.starts_at === starts_at;
  };
  for (
    const text of [
      "No canceles la visita",
      "¿Por qué cancelaron mi cita?",
      "No muevas la visita al lunes a las 10",
      "Don't cancel the visit",
      "Did you cancel my visit?",
      "Cancela mi cuenta",
      "El técnico canceló la visita y nadie me avisó",
      "Cancel my order",
      "No agenden la visita mañana a las 10",
      "Don't schedule a visit tomorrow at 10",
      "No mandes un correo a ana@example.com que diga hola",
      "Don't send an email to ana@example.com saying hello",
    ]
  ) {
    const { outcome } = await say("1", text);
    assert.deepEqual([outcome, await stands()], ["answered", true], text);
  }
  const other = await say("2", "Cancela la visita del jueves", { visit_id: id });
  assert.deepEqual([other.outcome, await stands()], ["refused", true], "it is of Friday");
  const theirs = { client_id: client.id };
  await say("3", "Agenda una visita el martes a las 9", theirs);
  const { id: left } = (await say("4", "Agenda una visita el jueves a las 9", theirs)).result;
  await say("5", "Cancela mi cita", theirs);
  await h.request("POST", `/api/visits/${left}/cancel`, { token, body: { reason: "Ya no hace falta" } });
  const unclear = await say("5", "pues la de siempre", theirs);
  assert.deepEqual([unclear.outcome, /^¿De qué día es la visita\?/.test(unclear.reply)], ["asked", true]);
  assert.equal((await say("5", "no la cancelen", theirs)).reply, "De acuerdo, lo dejamos.");
});
