import assert from "node:assert/strict";
import { getConversation, setBusiness } from "../../../lib/conversations/mod.ts";
import { listUnanswered } from "../../../lib/knowledge/mod.ts";
import { harness } from "../../support/harness.ts";
import { openShop, work } from "./talk.ts";
import { outOf, page, thread } from "./thread.ts";

Deno.test("answerConversation quotes the knowledge with its source, after the greeting, once", async () => {
  await using h = await harness();
  const shop = await openShop(h);
  await setBusiness(shop.ctx, { name: "Clima Norte", greeting: "¡Bienvenida a Clima Norte!" });
  const { conversationId } = await shop.say("¿Cuál es el horario?");
  await shop.settle();
  const [answer, ...more] = outOf(await thread(shop, conversationId));
  assert.deepEqual(more, []);
  assert.match(answer?.text ?? "", /^¡Bienvenida a Clima Norte!\n\n.*8:00 a 19:00/s);
  assert.equal(answer?.author, "bot");
  assert.equal(answer?.origin, "knowledge");
  assert.equal(answer?.sources[0]?.title, "¿Cuál es su horario?");
  await shop.say("How much is a diagnostic visit?");
  await shop.settle();
  const second = outOf(await thread(shop, conversationId)).at(-1);
  assert.match(second?.text ?? "", /350 pesos/);
  assert.doesNotMatch(second?.text ?? "", /Bienvenida/);
});

Deno.test("a burst is answered once, when the customer falls silent", async () => {
  await using h = await harness();
  const shop = await openShop(h);
  const { conversationId } = await shop.say("hola");
  for (const text of ["una pregunta", "¿cuál es su horario?"]) {
    h.clock.advance(200);
    await work(h);
    await shop.say(text);
  }
  h.clock.advance(299);
  await work(h);
  assert.equal(outOf(await thread(shop, conversationId)).length, 0, "not before the silence is over");
  h.clock.advance(2);
  await work(h);
  const answers = outOf(await thread(shop, conversationId));
  assert.equal(answers.length, 1);
  assert.match(answers[0]?.text ?? "", /8:00 a 19:00/);
});

Deno.test("a burst of two questions gets both answers in one message, a question in pieces gets one", async () => {
  await using h = await harness();
  const shop = await openShop(h);
  const { conversationId } = await shop.say("¿Cuál es el horario?");
  await shop.say("How much is a diagnostic visit?");
  await shop.settle();
  const [both, ...more] = outOf(await thread(shop, conversationId));
  assert.deepEqual(more, []);
  assert.match(both?.text ?? "", /8:00 a 19:00[\s\S]*350 pesos/);
  assert.equal(new Set(both?.sources.map(({ entry_id }) => entry_id)).size, 2);

  await shop.say("hola, quiero saber");
  await shop.say("¿cuál es su horario?");
  await shop.settle();
  const pieces = outOf(await thread(shop, conversationId)).at(-1);
  assert.equal(pieces?.text.match(/8:00 a 19:00/g)?.length, 1);
  assert.doesNotMatch(pieces?.text ?? "", /350/);
});

Deno.test("two questions of one message get both answers, on lines of their own and on the same one", async () => {
  await using h = await harness();
  const shop = await openShop(h);
  for (
    const text of [
      "Hola\n¿Cuál es el horario?\nHow much is a diagnostic visit?",
      "¿Cuál es el horario? How much is a diagnostic visit?",
    ]
  ) {
    const { conversationId } = await shop.say(text);
    await shop.settle();
    const both = outOf(await thread(shop, conversationId)).at(-1);
    assert.match(both?.text ?? "", /8:00 a 19:00[\s\S]*350 pesos/, text);
    assert.equal(new Set(both?.sources.map(({ entry_id }) => entry_id)).size, 2);
  }
});

Deno.test("who never falls silent is answered all the same, after five silences", async () => {
  await using h = await harness();
  const shop = await openShop(h);
  const { conversationId } = await shop.say("¿cuál es su horario?");
  for (let i = 0; i < 8; i++) {
    h.clock.advance(250);
    await work(h);
    if (outOf(await thread(shop, conversationId)).length > 0) return;
    await shop.say("¿y bien?");
  }
  assert.fail("1.5 s have passed five times over");
});

Deno.test("a greeting is greeted, and is no question that the bot could not answer", async () => {
  await using h = await harness();
  const shop = await openShop(h);
  const { conversationId } = await shop.say("hola");
  await shop.settle();
  assert.match(outOf(await thread(shop, conversationId))[0]?.text ?? "", /¿En qué te puedo ayudar\?$/);
  assert.equal((await listUnanswered(shop.ctx, page)).data.length, 0);
});

Deno.test("thanks and goodbyes are answered as such, in their language, and are no miss", async () => {
  await using h = await harness();
  const shop = await openShop(h);
  const { conversationId } = await shop.say("¿Venden bicicletas acuáticas?");
  await shop.settle();
  const said: string[] = [];
  for (const text of ["ok, muchas gracias", "Thanks a lot!", "adiós", "hello"]) {
    await shop.say(text);
    await shop.settle();
    said.push(outOf(await thread(shop, conversationId)).at(-1)?.text ?? "");
  }
  assert.deepEqual(said, [
    "De nada. Si necesitas algo más, aquí estoy.",
    "You're welcome. If you need anything else, I'm here.",
    "Hasta luego. Si necesitas algo más, aquí estoy.",
    "How can I help you?",
  ]);
  assert.equal((await getConversation(shop.ctx, { conversationId })).state, "bot");
  assert.equal((await listUnanswered(shop.ctx, page)).data.length, 1, "the bicycles alone");
  await shop.say("Gracias, ¿y cuál es su horario?");
  await shop.settle();
  assert.match(outOf(await thread(shop, conversationId)).at(-1)?.text ?? "", /8:00 a 19:00/);
});

Deno.test("what nothing scores for is owned up to, offered to a person and put on the list", async () => {
  await using h = await harness();
  const shop = await openShop(h);
  const { conversationId } = await shop.say("¿Venden bicicletas acuáticas?");
  await shop.settle();
  const [answer] = outOf(await thread(shop, conversationId));
  assert.match(answer?.text ?? "", /No tengo esa información.*persona/s);
  assert.deepEqual(answer?.sources, []);
  const [question] = (await listUnanswered(shop.ctx, page)).data;
  assert.equal(question?.question, "¿Venden bicicletas acuáticas?");
  assert.equal(question?.conversationId, conversationId);
  assert.equal((await getConversation(shop.ctx, { conversationId })).state, "bot");
});

Deno.test("a second miss in a row calls a person", async () => {
  await using h = await harness();
  const shop = await openShop(h);
  const { conversationId } = await shop.say("¿Venden bicicletas acuáticas?");
  await shop.settle();
  await shop.say("¿Y submarinos amarillos?");
  await shop.settle();
  const conversation = await getConversation(shop.ctx, { conversationId });
  assert.equal(conversation.state, "waiting");
  assert.equal(conversation.handover_reason, "no_answer");
});

Deno.test("a file without words is no question: the bot says so and offers a person", async () => {
  await using h = await harness();
  const shop = await openShop(h);
  const file = {
    name: "a.png",
    contentType: "image/png",
    size: 3,
    sha256: "0",
    blobKey: "x/1",
    kind: "image",
  } as const;
  const { conversationId } = await shop.say("", { kind: "image", files: [file] });
  await shop.settle();
  assert.match(outOf(await thread(shop, conversationId))[0]?.text ?? "", /no puedo leerlo.*persona/s);
  assert.equal((await listUnanswered(shop.ctx, page)).data.length, 0);
});
