import assert from "node:assert/strict";
import { KEY, openWatson } from "./watson-world.ts";

Deno.test("a broken printer becomes a ticket, whose state is told afterwards, in Spanish and English", async () => {
  await using line = await openWatson();
  const opened = await line.say("La impresora del segundo piso no imprime, es urgente");
  assert.equal(opened.status, 200, JSON.stringify(opened.body));
  assert.deepEqual(
    [opened.body.session_id, opened.body.action, opened.body.outcome, opened.body.reply],
    ["s1", "create_ticket", "done", "Abrí el ticket T-1."],
  );
  assert.deepEqual([opened.body.result.priority, opened.body.result.source], ["urgent", "watson"]);
  assert.ok(opened.body.confidence >= 0.5);
  const told = await line.say("¿Cómo va el ticket 1?");
  assert.match(told.body.reply, /^El ticket T-1 \(.*\) está nuevo\.$/);
  const english = await line.say("What is the status of T-1?", { session_id: "s2" });
  assert.match(english.body.reply, /^Ticket T-1 \(.*\) is new\.$/);
  const none = await line.say("status of T-99", { session_id: "s2" });
  assert.deepEqual([none.body.outcome, none.body.result.code], ["refused", "not_found"]);
});

Deno.test("what is missing is asked for, one value after the other, and can be called off", async () => {
  await using line = await openWatson();
  const first = await line.say("Quiero abrir un ticket");
  assert.deepEqual([first.body.outcome, first.body.action], ["asked", "create_ticket"]);
  assert.match(first.body.reply, /¿Qué ocurre\?/);
  const second = await line.say("gotea el techo del almacén");
  assert.deepEqual([second.body.outcome, second.body.result.subject], ["done", "gotea el techo del almacén"]);

  assert.equal((await line.say("Envía una notificación")).body.outcome, "asked");
  const whom = await line.say("ana@example.com");
  assert.match(whom.body.reply, /¿Qué debe decir el mensaje\?/);
  const off = await line.say("mejor no, cancela");
  assert.deepEqual([off.body.outcome, off.body.reply], ["answered", "De acuerdo, lo dejamos."]);
  const after = await line.say("hola");
  assert.match(after.body.reply, /en qué puedo ayudarle/);
});

Deno.test("what nobody here can do is said so, and nothing is done", async () => {
  await using line = await openWatson();
  const { body } = await line.say("¿Quién ganó el partido de ayer?");
  assert.deepEqual([body.action, body.result, body.outcome], [null, null, "answered"]);
  assert.match(body.reply, /No le entendí/);
  const tickets = await line.h.request("GET", "/api/tickets", { token: line.token });
  assert.deepEqual(tickets.body.data, []);
});

Deno.test("one message delivered many times at once is one ticket and one answer", async () => {
  await using line = await openWatson();
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => line.say("No hay internet en la oficina", { message_id: "m-1" })),
  );
  const replies = new Set(answers.map(({ body }) => body.reply));
  assert.deepEqual([...replies], ["Abrí el ticket T-1."]);
  const tickets = await line.h.request("GET", "/api/tickets", { token: line.token });
  assert.equal(tickets.body.data.length, 1);
});

Deno.test("whatever is said at once in one session is done, each once", async () => {
  await using line = await openWatson();
  const said = await Promise.all(
    Array.from({ length: 20 }, (_, at) => line.say(`La impresora ${at} no imprime`)),
  );
  assert.deepEqual(
    [...new Set(said.map(({ status }) => status))],
    [200],
    JSON.stringify(said.find(({ status }) => status !== 200)?.body),
  );
  assert.equal(new Set(said.map(({ body }) => body.result.id)).size, 20);
});

Deno.test("rubbish is refused by name and does nothing", async () => {
  await using line = await openWatson();
  const post = (body: unknown) =>
    line.h.request("POST", "/api/v1/watson/webhook", { headers: { "x-api-key": KEY }, body });
  for (const body of ["{", "[]", '"x"', "null", { text: 5 }, { text: " " }, { text: "x".repeat(4001) }, {}]) {
    const { status } = await post(body);
    assert.ok([400, 422].includes(status), `${JSON.stringify(body).slice(0, 40)} ${status}`);
  }
  const odd = ["\u0000", "'; drop table tickets; --", "<script>alert(1)</script>", "\u{1f600}".repeat(500)];
  for (const text of odd) assert.ok((await post({ text: `${text} abre` })).status < 500, text.slice(0, 20));
  const tool = await line.h.request("POST", "/api/watson/tools/schedule_visit", {
    headers: { "x-api-key": KEY },
    body: { date: "2026-02-31", time: "25:00" },
  });
  assert.deepEqual(tool.body.errors.map(({ path }: { path: string }) => path), ["date", "time"]);
  const stranger = await line.h.request("POST", "/api/watson/tools/create_ticket", {
    body: { description: "x" },
  });
  assert.equal(stranger.status, 401);
});

Deno.test("a visit is scheduled with whoever is free, by words or by the tool, and a taken time names free ones", async () => {
  await using line = await openWatson();
  const { h, token } = line;
  const zone = { timezone: "America/Monterrey" };
  assert.equal((await h.request("PUT", "/api/business/config", { token, body: zone })).status, 200);
  const made = await h.request("POST", "/api/operators", { token, body: { name: "Luis", ...zone } });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  const asked = await line.say("Quiero agendar una visita para revisar el horno");
  assert.deepEqual([asked.body.outcome, asked.body.action], ["asked", "schedule_visit"]);
  const day = await line.say("mañana");
  assert.equal(day.body.outcome, "asked", "a day has no hour yet");
  const done = await line.say("a las 10");
  assert.equal(done.body.outcome, "done", JSON.stringify(done.body));
  assert.match(done.body.reply, /^La visita queda agendada para el .*10:00/);
  assert.equal(done.body.result.state, "scheduled");
  const [date = ""] = String(done.body.result.starts_at).split("T");
  const taken = await h.request("POST", "/api/watson/tools/schedule_visit", {
    headers: { "x-api-key": KEY },
    body: { date, time: "10:00" },
  });
  assert.equal(taken.status, 409, JSON.stringify(taken.body));
});
