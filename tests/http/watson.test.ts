import assert from "node:assert/strict";
import { SignJWT } from "jose";
import { DAY } from "../../lib/kernel/clock.ts";
import { invalid } from "../../lib/kernel/errors.ts";
import { newId } from "../../lib/kernel/ids.ts";
import { upsertChatAddress } from "../../lib/notifications/store-addresses.ts";
import type { GuardedFetch, GuardedFetchOptions } from "../../lib/ports/fetch.ts";
import { work } from "../unit/conversations/talk.ts";
import { handlers } from "../../workers/registry.ts";
import { type Harness, harness, type HarnessOptions } from "../support/harness.ts";
import { ensureDefaultWorkspace } from "../support/watson.ts";

const KEY = "watson-key-of-the-tests";
const SECRET = "watson-secret-of-the-tests";

interface Line {
  readonly h: Harness;
  say(text: string, more?: Record<string, unknown>): ReturnType<Harness["request"]>;
  [Symbol.asyncDispose](): Promise<void>;
}

async function openWatson(options: HarnessOptions = {}): Promise<Line & { token: string }> {
  const h = await harness({
    ...options,
    env: {
      WATSON_API_KEY: KEY,
      WATSON_JWT_SECRET: SECRET,
      PUBLIC_URL: "https://cauce.example.com",
      ...options.env,
    },
  });
  const { token } = await ensureDefaultWorkspace(h);
  return {
    h,
    token,
    say: (text, more = {}) =>
      h.request("POST", "/api/v1/watson/webhook", {
        headers: { "x-api-key": KEY },
        body: { session_id: "s1", text, ...more },
      }),
    [Symbol.asyncDispose]: () => h[Symbol.asyncDispose](),
  };
}

/** An outside that takes every call. */
function quiet(answer: (url: string, body: string) => number): GuardedFetch {
  return Object.assign(
    (url: string, { body }: GuardedFetchOptions = {}) =>
      Promise.resolve({ status: answer(url, String(body)), headers: new Headers(), body: new Uint8Array() }),
    { check: () => Promise.resolve() },
  );
}

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

Deno.test("every dataset that a tool of Orchestrate offers can be reported on", async () => {
  await using line = await openWatson();
  for (const dataset of ["tickets", "operators", "calls", "conversations", "visits", "sla"]) {
    const { status, body } = await line.h.request("POST", "/api/v1/watson/tools/generate_report", {
      headers: { "x-api-key": KEY },
      body: { dataset },
    });
    assert.equal(status, 200, `${dataset} ${JSON.stringify(body)}`);
  }
  const { body } = await line.say("Quiero el informe de visitas de esta semana");
  assert.deepEqual([body.outcome, body.result.definition.dataset], ["done", "visits"]);
});

Deno.test("a report is asked for at once and told of at the callback when it is done", async () => {
  const posted: { url: string; body: Record<string, unknown> }[] = [];
  const fetch = quiet((url, body) => {
    posted.push({ url, body: JSON.parse(body) });
    return 200;
  });
  await using line = await openWatson({ ports: { fetch } });
  const { body } = await line.say("Dame el reporte de tickets de esta semana en csv");
  assert.deepEqual([body.action, body.outcome, body.result.format], ["generate_report", "done", "csv"]);
  const tool = await line.h.request("POST", "/api/v1/watson/tools/generate_report", {
    headers: { "x-api-key": KEY, callbackUrl: "https://orchestrate.example.com/callback" },
    body: { dataset: "operators", range: "last_month", format: "json" },
  });
  assert.equal(tool.status, 200, JSON.stringify(tool.body));
  await work(line.h, handlers);
  line.h.clock.advance(10_000);
  await work(line.h, handlers);
  assert.equal(posted.length, 1);
  assert.deepEqual([posted[0]?.url, posted[0]?.body.state, posted[0]?.body.report_id], [
    "https://orchestrate.example.com/callback",
    "done",
    tool.body.result.id,
  ]);
});

Deno.test("only a right key, a right signature or an API key with watson:use comes in", async () => {
  await using line = await openWatson();
  const { h } = line;
  const call = (headers: Record<string, string>) =>
    h.request("POST", "/api/watson/webhook", { headers, body: { text: "hola" } });
  const sign = (secret: string, more: Record<string, unknown> = {}) =>
    new SignJWT(more).setProtectedHeader({ alg: "HS256" }).sign(new TextEncoder().encode(secret));
  const jwt = await sign(SECRET);
  const right: Record<string, string>[] = [
    { "x-api-key": KEY },
    { authorization: `Bearer ${KEY}` },
    { authorization: `Bearer ${jwt}` },
    { authorization: jwt },
    { authentication: jwt },
  ];
  for (const headers of right) assert.equal((await call(headers)).status, 200, JSON.stringify(headers));
  const past = Math.floor((h.clock.now() - DAY) / 1000);
  const unsigned = `${btoa('{"alg":"none"}')}.${btoa("{}")}.`;
  const wrong: Record<string, string>[] = [
    {},
    { "x-api-key": `${KEY}x` },
    { authorization: `Bearer ${await sign("another-secret-altogether")}` },
    { authorization: await sign(SECRET, { exp: past }) },
    { authorization: unsigned.replaceAll("=", "") },
    { "x-api-key": "cauce_nothing" },
  ];
  for (const headers of wrong) assert.equal((await call(headers)).status, 401, JSON.stringify(headers));
  const key = async (scopes: string[]) =>
    (await h.request("POST", "/api/security/api-keys", { token: line.token, body: { name: "w", scopes } }))
      .body.key;
  assert.equal((await call({ "x-api-key": await key(["watson:use"]) })).status, 200);
  assert.equal((await call({ "x-api-key": await key(["tickets:read"]) })).status, 403);
});

Deno.test("a deployment without Watson's secrets says so, and wrong keys run out of tries", async () => {
  await using h = await harness();
  const bare = await h.request("POST", "/api/watson/webhook", { body: { text: "hola" } });
  assert.deepEqual([bare.status, bare.body.code], [503, "not_configured"]);
  await using line = await openWatson();
  let status = 0;
  for (let tries = 0; tries < 70 && status !== 429; tries++) {
    ({ status } = await line.h.request("POST", "/api/watson/webhook", {
      headers: { "x-api-key": "no" },
      body: { text: "x" },
    }));
  }
  assert.equal(status, 429);
  assert.equal((await line.say("hola")).status, 200, "the right key still comes in");
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

Deno.test("the Assistant's forms are answered in kind: context before a message, words after it", async () => {
  await using line = await openWatson();
  const post = (body: unknown) =>
    line.h.request("POST", "/api/v1/watson/webhook", { headers: { "x-api-key": KEY }, body });
  const payload = {
    input: { message_type: "text", text: "Mi computadora no enciende", options: { suggestion_only: false } },
    context: {
      global: { session_id: "ibm-1", system: { user_id: "ana", turn_count: 1, locale: "es-mx" } },
      skills: { "actions skill": { user_defined: { kept: true }, system: { state: "x" } } },
    },
    user_id: "ana",
  };
  const before = await post({ event: { name: "message_received" }, options: {}, payload });
  assert.equal(before.status, 200, JSON.stringify(before.body));
  const { user_defined, system } = before.body.payload.context.skills["actions skill"];
  assert.deepEqual([user_defined.kept, user_defined.cauce.action, system.state], [
    true,
    "create_ticket",
    "x",
  ]);
  assert.deepEqual(before.body.payload.input, payload.input);
  const again = await post({ event: { name: "message_received" }, options: {}, payload });
  assert.equal(
    again.body.payload.context.skills["actions skill"].user_defined.cauce.reply,
    user_defined.cauce.reply,
  );

  const generic = [{ response_type: "text", text: "Entiendo." }];
  const processed = { output: { intents: [], generic }, context: before.body.payload.context };
  const after = await post({ event: { name: "message_processed" }, payload: processed });
  assert.deepEqual(after.body.payload.output.generic.map(({ text }: { text: string }) => text), [
    "Entiendo.",
    "Abrí el ticket T-1.",
  ]);
  assert.equal((await post({ event: { name: "message_logged" }, payload: {} })).status, 200);
  assert.equal((await post({ event: { name: "message_eaten" }, payload: {} })).status, 422);
  const empty = await post({ event: { name: "message_received" }, payload: { input: { text: "" } } });
  assert.deepEqual(empty.body.payload, { input: { text: "" } });
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

Deno.test("sessions and their turns are listed, the owner teaches words, and the connection can be tried", async () => {
  await using line = await openWatson();
  const { h, token } = line;
  await line.say("Quiero abrir un ticket", { user: "ana" });
  const sessions = await h.request("GET", "/api/v1/watson/sessions", { token });
  assert.deepEqual(
    sessions.body.data.map((
      one: Record<string, unknown>,
    ) => [one.session_id, one.user, one.waits_for, one.turns]),
    [["s1", "ana", "description", 1]],
  );
  const path = `/api/v1/watson/sessions/${sessions.body.data[0].id}/activities`;
  const turns = await h.request("GET", path, { token });
  assert.deepEqual(turns.body.data.map((one: Record<string, unknown>) => [one.intent, one.outcome]), [
    ["create_ticket", "asked"],
  ]);
  const latest = await h.request("GET", "/api/v1/watson/activities?limit=1", { token });
  assert.deepEqual(latest.body.data.map((one: Record<string, unknown>) => one.session), [
    sessions.body.data[0].id,
  ]);
  const stranger = await h.person();
  assert.deepEqual(
    (await h.request("GET", "/api/watson/activities", { token: stranger.token })).body.data,
    [],
  );
  assert.equal((await h.request("GET", path, { token: stranger.token })).status, 404);

  assert.notEqual((await line.say("que caiga el inge", { session_id: "s9" })).body.intent, "schedule_visit");
  const example = { intent: "schedule_visit", text: "que caiga el inge" };
  const taught = await h.request("POST", "/api/watson/examples", { token, body: example });
  assert.equal(taught.status, 201, JSON.stringify(taught.body));
  assert.equal((await h.request("POST", "/api/watson/examples", { token, body: example })).status, 409);
  assert.equal((await line.say("que caiga el inge", { session_id: "s8" })).body.intent, "schedule_visit");
  assert.equal((await h.request("DELETE", `/api/watson/examples/${taught.body.id}`, { token })).status, 204);

  const status = await h.request("GET", "/api/v1/watson/status", { token });
  assert.deepEqual([status.body.configured, status.body.sessions], [{ api_key: true, signed_jwt: true }, 3]);
  const tried = await h.request("POST", "/api/v1/watson/test-connection", { token });
  assert.deepEqual([tried.status, tried.body.ok], [200, true], JSON.stringify(tried.body));
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
  const idle = await line.say("Cancela la visita");
  assert.deepEqual([idle.body.outcome, /^No hay nada en curso/.test(idle.body.reply)], ["answered", true]);
});

Deno.test("a report that was asked for in a talk is told of there, with a link that opens the file, and at a callback", async () => {
  const posted: { url: string; body: Record<string, unknown> }[] = [];
  await using line = await openWatson({
    ports: {
      fetch: quiet((url, body) => {
        posted.push({ url, body: JSON.parse(body) });
        return 200;
      }),
    },
  });
  assert.match((await line.say("¿Ya está mi informe?")).body.reply, /^En esta conversación no/);
  const context = { callback_url: "https://orchestrate.example.com/later" };
  await line.say("Dame el reporte de tickets de esta semana en csv", { context });
  const early = await line.say("¿Ya está mi informe?");
  assert.deepEqual([early.body.action, early.body.reply], [
    "query_status",
    "El informe «Tickets» aún se prepara.",
  ]);
  await work(line.h, handlers);
  line.h.clock.advance(10_000);
  await work(line.h, handlers);
  const told = await line.say("¿Ya está mi informe?");
  const link = /^El informe «Tickets» está listo: https:\/\/cauce\.example\.com(\/\S+)$/.exec(told.body.reply)
    ?.[1];
  const file = await line.h.request("GET", link ?? "");
  assert.deepEqual([file.status, /Asunto/.test(file.body)], [200, true], told.body.reply);
  assert.equal(posted.length, 1);
  const [{ url, body } = { url: "", body: {} }] = posted;
  assert.deepEqual([url, body["session_id"], body["state"]], [context.callback_url, "s1", "done"]);
  assert.match(String(body["reply"]), /^El informe «Tickets» está listo: https/);
  const other = await line.say("¿Ya está mi informe?", { session_id: "s9" });
  assert.match(other.body.reply, /^En esta conversación no/);
});

Deno.test("a callback that may not be called refuses the call, and a chat of the workspace is told by its name", async () => {
  await using line = await openWatson({
    ports: {
      fetch: Object.assign(() => Promise.reject(new Error("not to be called")), {
        check: () => Promise.reject(invalid("url", "must be an address of the public internet")),
      }),
    },
  });
  const { status, body } = await line.say("Dame el reporte de tickets", {
    context: { callback_url: "https://10.0.0.1/" },
  });
  assert.deepEqual([status, body.errors?.[0]?.path], [422, "context.callback_url"]);
  const id = newId("chatAddress");
  const inside = line.h.system.as({
    workspaceId: (await line.h.request("GET", "/api/auth/me", line)).body.workspace.id,
  });
  const sealed = await line.h.ports.secrets.seal("https://hooks.slack.example/x", id);
  await inside.transact((tx) =>
    upsertChatAddress(tx, { id, channel: "slack", name: "default", url: sealed })
  );
  const slack = await line.say("Notifica por Slack que el servidor volvió");
  assert.deepEqual(
    [slack.body.outcome, slack.body.reply, slack.body.result.message],
    ["done", "El aviso a Slack va en camino.", "el servidor volvió"],
    JSON.stringify(slack.body),
  );
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
