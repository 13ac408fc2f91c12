import assert from "node:assert/strict";
import { notify } from "../../../lib/notifications/mod.ts";
import { parse, variablesOf } from "../../../lib/notifications/render.ts";
import { TEMPLATES } from "../../../lib/templates/mod.ts";
import { openDesk } from "./world.ts";

const PATH = "/api/notifications/templates";
const words = {
  subject: "Su visita, {{name}}",
  text: "Lo esperamos a las {{hour}}.{{#notes}}\n- {{.}}{{/notes}}",
};
const reminder = {
  name: "cita.recordatorio",
  category: "visits",
  variables: {
    name: { type: "string", example: "Ana" },
    hour: { type: "string", example: "10:00" },
    notes: { type: "list", required: false, example: ["llave"] },
  },
  texts: { es: words },
};

Deno.test("every built-in template is named once, speaks both languages, and reads only what its example has", () => {
  assert.equal(new Set(TEMPLATES.map(({ name }) => name)).size, TEMPLATES.length);
  for (const { name, schema, texts, example } of TEMPLATES) {
    assert.ok(schema.safeParse(example).success, name);
    const known = Object.keys(example as object);
    for (const { subject, text, html = "" } of [texts.es, texts.en]) {
      for (const part of [subject, text, html]) {
        for (const variable of variablesOf(parse(part))) {
          assert.ok(known.includes(variable), `${name}: ${variable}`);
        }
      }
    }
  }
});

Deno.test("a template is saved, previewed with its examples, sent with data, and refused without", async () => {
  await using desk = await openDesk();
  const call = async (method: string, path: string, body?: unknown) =>
    await desk.h.request(method, path, { token: desk.token, body });
  const saved = await call("POST", PATH, reminder);
  assert.equal(saved.status, 201, JSON.stringify(saved.body));
  assert.equal((await call("POST", PATH, reminder)).status, 409);
  const preview = await call("POST", `${PATH}/${saved.body.id}/preview`, {
    locale: "en",
    data: { name: "<Luis>" },
  });
  assert.deepEqual(preview.body, {
    subject: "Su visita, <Luis>",
    text: "Lo esperamos a las 10:00.\n- llave",
    html: "<p>Lo esperamos a las 10:00.<br>- llave</p>",
  });
  const order = { channel: "email", recipient: "ana@example.com", template: "cita.recordatorio" };
  const send = (more: object) => call("POST", "/api/advanced/notifications/send", { ...order, ...more });
  const missing = await send({ data: { name: "Ana", notes: "x" } });
  assert.equal(missing.status, 422);
  assert.deepEqual(missing.body.errors.map(({ path }: { path: string }) => path), [
    "data.hour",
    "data.notes",
  ]);
  assert.match(missing.body.detail, /^data\.hour: is missing; data\.notes: must be /);
  assert.equal((await send({ message: "x", data: {} })).status, 422);
  assert.equal(
    (await call("POST", "/api/advanced/notifications/send", { channel: "email", recipient: "a@b.c" })).status,
    422,
  );
  const sent = await send({ data: { name: "Ana", hour: "9:00" } });
  assert.deepEqual([sent.status, sent.body.template, sent.body.category], [
    202,
    "cita.recordatorio",
    "visits",
  ]);
  await desk.settle();
  assert.equal(desk.h.ports.mail.sent[0]?.text, "Lo esperamos a las 9:00.");
});

Deno.test("a text that uses what is not declared, or does not fit together, refuses the template with its path", async () => {
  await using desk = await openDesk();
  const save = async (change: object) => {
    const { status, body } = await desk.h.request("POST", PATH, {
      token: desk.token,
      body: { ...reminder, ...change },
    });
    for (const { path } of body.errors ?? []) assert.ok(body.detail.includes(`${path}: `), body.detail);
    return [status, (body.errors ?? []).map(({ path }: { path: string }) => path)];
  };
  assert.deepEqual(await save({ texts: { es: { ...words, html: "<p>{{nombre}}</p>" } } }), [422, [
    "texts.es.html",
  ]]);
  assert.deepEqual(await save({ texts: { en: { subject: "{{#a}}", text: "{{x" } } }), [422, [
    "texts.en.subject",
    "texts.en.text",
  ]]);
  assert.deepEqual(await save({ texts: {} }), [422, ["texts"]]);
  assert.deepEqual(await save({ layout: "none" }), [422, ["layout"]]);
  const within = "{{#name}}Hola {{nombre}}{{/name}}{{#notes}}{{own}}{{/notes}}";
  assert.deepEqual(await save({ texts: { es: { ...words, text: within } } }), [422, ["texts.es.text"]]);
  assert.deepEqual(await save({ kind: "layout", texts: { es: { html: "<b>no place</b>" } } }), [422, [
    "texts.es.html",
  ]]);
  assert.deepEqual(await save({ variables: { "a b": { type: "string" } } }), [422, ["variables.a b"]]);
});

Deno.test("a layout frames the mails of its templates and can't be removed while it does", async () => {
  await using desk = await openDesk();
  const call = async (method: string, path: string, body?: unknown) =>
    await desk.h.request(method, path, { token: desk.token, body });
  const layout = await call("POST", PATH, {
    name: "frame",
    kind: "layout",
    texts: { es: { html: "<h1>{{subject}}</h1>{{content}}<hr>" } },
  });
  assert.equal(layout.status, 201, JSON.stringify(layout.body));
  const own = {
    name: "ticket.assigned",
    category: "tickets",
    variables: { number: { type: "number", example: 7 }, title: { type: "string", example: "x" } },
    texts: { es: { subject: "#{{number}} <{{title}}>", text: "Vea {{title}}" } },
    layout: "frame",
  };
  const row = await call("POST", PATH, { ...own, name: "mine" });
  assert.equal(row.status, 201, JSON.stringify(row.body));
  assert.equal((await call("DELETE", `${PATH}/${layout.body.id}`)).status, 409);
  const frame = {
    name: "frame",
    kind: "layout",
    texts: { es: { html: "<h1>{{subject}}</h1>{{content}}<hr>" } },
  };
  const change = async (more: object) =>
    (await call("PUT", `${PATH}/${layout.body.id}`, { ...frame, ...more })).status;
  assert.equal(await change({ name: "marco" }), 409, "the template would lose its frame");
  assert.equal(await change({ kind: "template", texts: { es: { text: "x" } } }), 409);
  assert.equal(await change({ layout: "frame" }), 422);
  assert.equal(await change({}), 200);
  await call("POST", "/api/advanced/notifications/send", {
    channel: "email",
    recipient: "ana@example.com",
    template: "mine",
    data: { number: 7, title: "<i>" },
  });
  await desk.settle();
  const replaced = {
    ...own,
    variables: {},
    texts: { es: { subject: "De {{reference}}", text: "Vea {{subject}}" } },
  };
  assert.equal((await call("PUT", `${PATH}/${row.body.id}`, replaced)).status, 200);
  const template = TEMPLATES.find(({ name }) => name === "ticket.assigned");
  assert.ok(template !== undefined);
  await desk.ctx.transact((tx) =>
    notify(tx, { to: [{ email: "luis@example.com" }], template, data: template.example })
  );
  await desk.settle();
  assert.deepEqual(desk.h.ports.mail.sent.map(({ subject, html }) => [subject, html]), [
    ["#7 <<i>>", "<h1>#7 &lt;&lt;i&gt;&gt;</h1><p>Vea &lt;i&gt;</p><hr>"],
    ["De T-1042", "<h1>De T-1042</h1><p>Vea El aire no enfría</p><hr>"],
  ]);
  assert.equal((await call("DELETE", `${PATH}/${row.body.id}`)).status, 204);
  assert.equal((await call("DELETE", `${PATH}/${layout.body.id}`)).status, 204);
  const builtIn = await call("GET", `${PATH}/built-in`);
  assert.equal(builtIn.body.data.length, TEMPLATES.length);
});

Deno.test("words of one's own for a built-in template are previewed with the data that it gets", async () => {
  await using desk = await openDesk();
  const call = async (method: string, path: string, body?: unknown) =>
    await desk.h.request(method, path, { token: desk.token, body });
  const own = {
    name: "visit.reminder",
    texts: { es: { subject: "{{subject}}", text: "{{when_es}}, {{operator}}" } },
  };
  const { body: { id } } = await call("POST", PATH, own);
  const { body } = await call("POST", `${PATH}/${id}/preview`, { data: { operator: "Luis" } });
  assert.deepEqual(
    [body.subject, body.text],
    ["Mantenimiento del horno", "martes, 1 de diciembre de 2026, 09:00, Luis"],
  );
});
