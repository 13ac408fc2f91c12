import assert from "node:assert/strict";
import { AppError } from "../../lib/kernel/errors.ts";
import type { OutgoingContent } from "../../lib/ports/whatsapp.ts";
import { addMedia } from "../support/fakes/graph.ts";
import { ANA, BERTA, wired } from "../support/whatsapp.ts";

Deno.test("send hands over every kind of content in the form that the Graph accepts", async () => {
  await using w = await wired();
  const { id } = addMedia(w.graph.world, { bytes: new Uint8Array(8), mimeType: "image/png" });
  w.graph.addTemplate({ name: "appointment", components: [{ type: "BODY", text: "{{1}} a las {{2}}" }] });
  const contents: OutgoingContent[] = [
    { type: "text", text: "Hola" },
    {
      type: "template",
      name: "appointment",
      language: "es_MX",
      components: [{
        type: "body",
        parameters: [{ type: "text", text: "Lunes" }, { type: "text", text: "10" }],
      }],
    },
    {
      type: "interactive_buttons",
      header: "Cita",
      body: "¿Confirma?",
      footer: "Sol",
      buttons: [{ id: "y", title: "Sí" }, { id: "n", title: "No" }],
    },
    {
      type: "interactive_list",
      body: "Elija",
      button: "Días",
      sections: [
        { title: "Semana", rows: [{ id: "mon", title: "Lunes", description: "10:00" }] },
        { title: "Fin", rows: [{ id: "sat", title: "Sábado" }] },
      ],
    },
    { type: "image", media: { id }, caption: "Mapa" },
    { type: "audio", media: { link: "https://example.com/a.ogg" }, voice: true },
    { type: "video", media: { id } },
    { type: "document", media: { id }, filename: "receta.pdf" },
    { type: "sticker", media: { id } },
    { type: "location", latitude: 19.4, longitude: -99.1, name: "Clínica" },
    { type: "reaction", message_id: "wamid.abc", emoji: "👍" },
    { type: "reaction", message_id: "wamid.abc", emoji: "" },
  ];
  for (const content of contents) {
    const accepted = await w.send(content);
    assert.match(accepted.messageId, /^wamid\./, content.type);
    assert.equal(accepted.waId, ANA);
  }
  assert.equal(w.graph.ledger.of(ANA).length, contents.length);
  assert.deepEqual(w.graph.ledger.of(ANA).slice(0, 4).map(({ text }) => text), [
    "Hola",
    "appointment Lunes 10",
    "¿Confirma?",
    "Elija",
  ]);
  assert.ok(w.graph.ledger.received.every(({ callbackData }) => callbackData === "msg_1"));
});

Deno.test("send addresses a phone by `to`, a business-scoped id by `recipient`, and quotes what it answers", async () => {
  await using w = await wired();
  const byId = await w.send({ type: "text", text: "Hola" }, BERTA);
  assert.deepEqual([byId.waId, byId.userId], [null, BERTA]);
  await w.port.send(
    w.graph.account,
    { to: { phone: `+52 1 55 1111-2222` }, content: { type: "text", text: "Sí" }, replyTo: "wamid.asked" },
    { callbackData: "msg_2" },
  );
  const [first, second] = w.graph.sends;
  assert.equal(first?.["recipient"], BERTA);
  assert.equal(first?.["to"], undefined);
  assert.equal(second?.["to"], ANA);
  assert.deepEqual(second?.["context"], { message_id: "wamid.asked" });
});

const REFUSED: readonly [string, OutgoingContent, string?][] = [
  ["a text over 4,096 characters", { type: "text", text: "x".repeat(4097) }],
  ["a blank text", { type: "text", text: "  \n" }],
  ["a caption over 1,024", { type: "image", media: { id: "1" }, caption: "x".repeat(1025) }],
  ["four buttons", {
    type: "interactive_buttons",
    body: "b",
    buttons: ["1", "2", "3", "4"].map((id) => ({ id, title: id })),
  }],
  ["a button title over 20", {
    type: "interactive_buttons",
    body: "b",
    buttons: [{ id: "1", title: "x".repeat(21) }],
  }],
  ["two buttons of one title", {
    type: "interactive_buttons",
    body: "b",
    buttons: [{ id: "1", title: "a" }, { id: "2", title: "a" }],
  }],
  ["a header over 60", {
    type: "interactive_buttons",
    header: "x".repeat(61),
    body: "b",
    buttons: [{ id: "1", title: "a" }],
  }],
  ["eleven rows over two sections", {
    type: "interactive_list",
    body: "b",
    button: "c",
    sections: [0, 1].map((section) => ({
      title: `s${section}`,
      rows: Array.from({ length: section === 0 ? 6 : 5 }, (_, i) => ({ id: `${section}${i}`, title: "t" })),
    })),
  }],
  ["several sections without titles", {
    type: "interactive_list",
    body: "b",
    button: "c",
    sections: [{ rows: [{ id: "1", title: "t" }] }, { rows: [{ id: "2", title: "t" }] }],
  }],
  ["a template name with capitals", { type: "template", name: "Hello", language: "es" }],
  ["a template button without its place", {
    type: "template",
    name: "hello",
    language: "es",
    components: [{ type: "button", parameters: [{ type: "payload", payload: "p" }] }],
  }],
  ["a latitude off the globe", { type: "location", latitude: 91, longitude: 0 }],
  ["a word as a reaction", { type: "reaction", message_id: "wamid.a", emoji: "ok" }],
  ["a link that is no address", { type: "image", media: { link: "javascript:alert(1)" } }],
  ["letters in a phone", { type: "text", text: "Hola" }, "52 call-me"],
  ["a phone that is too short", { type: "text", text: "Hola" }, "12345"],
  ["a business-scoped id without its country", { type: "text", text: "Hola" }, "X.123"],
];

for (const [what, content, to] of REFUSED) {
  Deno.test(`send refuses ${what} before it calls`, async () => {
    await using w = await wired();
    await assert.rejects(
      w.send(content, to),
      (error) => error instanceof AppError && error.code === "validation_failed" && error.errors.length > 0,
    );
    assert.deepEqual(w.graph.calls, []);
  });
}

Deno.test("markRead marks a customer's message and can show a typing sign", async () => {
  await using w = await wired();
  await w.port.markRead(w.graph.account, "wamid.in1");
  await w.port.markRead(w.graph.account, "wamid.in2", { typing: true });
  assert.deepEqual(w.graph.world.read, [
    { messageId: "wamid.in1", typing: false },
    { messageId: "wamid.in2", typing: true },
  ]);
});

Deno.test("templates are listed over pages, created, edited and deleted", async () => {
  await using w = await wired();
  const { templates } = w.port;
  const { account } = w.graph;
  for (let i = 0; i < 5; i++) w.graph.addTemplate({ name: `t${i}` });
  const names: string[] = [];
  for (let after: string | null | undefined = undefined; after !== null;) {
    const page: Awaited<ReturnType<typeof templates.list>> = await templates.list(account, {
      limit: 2,
      ...(after === undefined ? {} : { after }),
    });
    names.push(...page.data.map(({ name }) => name));
    after = page.next;
  }
  assert.deepEqual(names, ["t0", "t1", "t2", "t3", "t4"]);

  const components = [{ type: "BODY", text: "Hola {{1}}", example: { body_text: [["Ana"]] } }];
  const made = await templates.create(account, {
    name: "fresh",
    language: "es",
    category: "UTILITY",
    components,
  });
  assert.equal(made.status, "PENDING");
  const stored = w.graph.world.templates.get(made.id);
  assert.ok(stored !== undefined);
  stored.status = "APPROVED";
  await templates.edit(account, { id: made.id, components: [{ type: "BODY", text: "Adiós" }] });
  assert.deepEqual([stored.status, stored.components], ["PENDING", [{ type: "BODY", text: "Adiós" }]]);
  await templates.delete(account, { name: "fresh", id: made.id });
  assert.equal(w.graph.world.templates.has(made.id), false);
});

Deno.test("the number, the token and the subscription are told as Meta has them", async () => {
  await using w = await wired();
  const { account, world } = w.graph;
  const number = await w.port.numberInfo(account);
  assert.equal(number.displayPhoneNumber, "15550783881");
  assert.deepEqual([number.qualityRating, number.status, number.throughputLevel], [
    "GREEN",
    "CONNECTED",
    "STANDARD",
  ]);
  world.tokenInfo = { valid: true, expiresAt: 1_800_000_000_000, scopes: ["whatsapp_business_messaging"] };
  assert.deepEqual(await w.port.debugToken(account), {
    valid: true,
    appId: world.appId,
    scopes: ["whatsapp_business_messaging"],
    expiresAt: 1_800_000_000_000,
    dataAccessExpiresAt: null,
    problem: null,
  });
  world.subscribed.set(account.businessAccountId, false);
  assert.deepEqual(await w.port.subscribedApps(account), []);
  await w.port.subscribe(account);
  assert.deepEqual(await w.port.subscribedApps(account), [{ id: world.appId, name: "Cauce" }]);
});

Deno.test("ids that are not Meta's never become a part of an address", async () => {
  await using w = await wired();
  const strange = { ...w.graph.account, phoneNumberId: "1/../2", businessAccountId: "1?x=2" };
  const refused = (error: unknown) => error instanceof AppError && error.code === "validation_failed";
  await assert.rejects(w.port.numberInfo(strange), refused);
  await assert.rejects(w.port.subscribedApps(strange), refused);
  await assert.rejects(
    w.port.subscribedApps({ ...w.graph.account, businessAccountId: null }),
    (error) => error instanceof AppError && error.code === "not_configured",
  );
  assert.deepEqual(w.graph.calls, []);
});
