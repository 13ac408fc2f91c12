import assert from "node:assert/strict";
import { beginTraining, type Example, finishTraining } from "../../../lib/watson/classify.ts";
import { EXAMPLES } from "../../../lib/watson/examples.ts";
import { addExample } from "../../../lib/watson/mod.ts";
import { classifierOf } from "../../../lib/watson/understand.ts";
import { harness } from "../../support/harness.ts";
import type { Intent } from "../../../lib/watson/intents.ts";

const trainClassifier = (examples: readonly Example[]) => finishTraining(beginTraining(examples));

/** Said in other words than the shipped examples. */
const UNSEEN: readonly [Intent, string][] = [
  ["create_ticket", "la impresora del segundo piso no imprime, levanten un ticket"],
  ["create_ticket", "Buenas tardes, tengo una falla con el teléfono"],
  ["create_ticket", "no funciona mi correo desde ayer"],
  ["create_ticket", "please log a ticket, the wifi is broken"],
  ["create_ticket", "my screen stopped working"],
  ["create_ticket", "quiero poner una queja por el servicio"],
  ["schedule_visit", "¿podrían agendar una visita para el martes a las 9?"],
  ["schedule_visit", "necesito que venga un técnico el jueves"],
  ["schedule_visit", "prográmame una cita de mantenimiento"],
  ["schedule_visit", "book a technician for friday morning"],
  ["schedule_visit", "could somebody come to my office on Tuesday?"],
  ["send_notification", "manda un correo a maria@empresa.mx avisando que llegó su equipo"],
  ["send_notification", "avísale a juan@empresa.mx que ya puede pasar"],
  ["send_notification", "send an sms to 8180001122 saying we are late"],
  ["send_notification", "notify sara@corp.com that the order is ready"],
  ["generate_report", "quiero un informe de los tickets de noviembre"],
  ["generate_report", "sácame el reporte de llamadas en excel"],
  ["generate_report", "export the tickets report to csv"],
  ["generate_report", "give me last week's operators report"],
  ["query_status", "¿cómo va el ticket 54?"],
  ["query_status", "status del T-880"],
  ["query_status", "is my ticket 12 done?"],
  ["query_status", "any update on T-31?"],
  ["greeting", "hola qué tal"],
  ["greeting", "hi!"],
  ["help", "¿qué cosas puedes hacer?"],
  ["help", "what can you help me with"],
  ["cancel", "no, mejor cancela"],
  ["cancel", "forget about it"],
  ["none", "¿quién es el presidente de Chile?"],
  ["none", "what's the weather like"],
  ["none", "me gusta mucho el fútbol"],
];

Deno.test("the shipped classifier understands nine in ten of what it has not seen, and is sure of what it does", async () => {
  const classifier = await trainClassifier(EXAMPLES);
  const wrong = UNSEEN.flatMap(([intent, text]) => {
    const guess = classifier.guess(text);
    return guess.intent === intent ? [] : [`${text} -> ${guess.intent} ${guess.confidence}`];
  });
  assert.ok(wrong.length <= UNSEEN.length * 0.1, wrong.join("\n"));
  const actions = UNSEEN.filter(([intent]) => intent !== "none");
  const sure = actions.filter(([, text]) => classifier.guess(text).confidence >= 0.5);
  assert.ok(sure.length >= actions.length * 0.85, `${sure.length} of ${actions.length}`);
});

/** Asked, wished or said to be needed, in other words than the shipped examples; and what is like it and is none. */
const POLITE: readonly [Intent, string][] = [
  ["reschedule_visit", "¿podrías mover la visita del martes al jueves?"],
  ["reschedule_visit", "¿me podrían pasar la cita del lunes al miércoles?"],
  ["reschedule_visit", "necesito que la visita sea el viernes"],
  ["reschedule_visit", "preferiría que la visita fuera por la tarde"],
  ["reschedule_visit", "tendríamos que dejar la visita para otro día"],
  ["reschedule_visit", "me vendría mejor la visita el lunes"],
  ["reschedule_visit", "¿sería posible que la visita fuera el viernes a las 10?"],
  ["reschedule_visit", "quizá haya que mover la visita"],
  ["reschedule_visit", "would you mind moving the visit to Thursday?"],
  ["reschedule_visit", "would you be so kind as to move my appointment to Thursday?"],
  ["reschedule_visit", "the visit needs to be on Friday"],
  ["reschedule_visit", "could we leave the visit for another day?"],
  ["reschedule_visit", "I'd like the visit to be on Friday"],
  ["cancel_visit", "me gustaría cancelar la visita"],
  ["cancel_visit", "desearía anular mi cita del martes"],
  ["cancel_visit", "¿les importaría cancelar la visita?"],
  ["cancel_visit", "necesitaría que cancelaran mi cita"],
  ["cancel_visit", "would you mind cancelling the visit on Friday?"],
  ["cancel_visit", "I'd appreciate it if you cancelled my visit"],
  ["cancel_visit", "we would have to cancel the visit"],
  ["schedule_visit", "me gustaría que viniera un técnico el lunes a las 10"],
  ["schedule_visit", "necesitaríamos que alguien viniera el martes"],
  ["schedule_visit", "me gustaría una visita el lunes"],
  ["schedule_visit", "I'd like a visit on Monday"],
  ["schedule_visit", "would you mind sending a technician on Monday?"],
  ["create_ticket", "¿serías tan amable de abrir un ticket? la impresora no funciona"],
  ["create_ticket", "would you mind opening a ticket, the printer is broken"],
  ["send_notification", "me gustaría que le avisaran a ana@example.com que ya llegó"],
  ["send_notification", "would you mind telling ana@example.com that we are late?"],
  ["generate_report", "¿me podrías preparar el informe de tickets?"],
  ["query_status", "me gustaría saber cómo va el ticket 12"],
  ["none", "me gustaría una pizza grande"],
  ["none", "would you mind telling me a joke?"],
  ["none", "¿podrías cerrar el ticket 8?"],
  ["none", "I'd rather have chocolate"],
  ["none", "me gustaría cancelar mi pedido"],
  ["none", "tendríamos que cancelar la tarjeta"],
  ["none", "would you mind cancelling my order?"],
  ["none", "could you close ticket 8?"],
];

Deno.test("polite and indirect orders that it has not seen are understood for sure, and what is none is no order", async () => {
  const classifier = await trainClassifier(EXAMPLES);
  const trained = new Set(EXAMPLES.map(({ text }) => text.toLowerCase()));
  const missed = POLITE.flatMap(([intent, text]) => {
    const { intent: guessed, confidence } = classifier.guess(text);
    const acts = guessed !== "none" && confidence >= 0.5;
    const right = intent === "none" ? !acts : acts && guessed === intent;
    return right && !trained.has(text.toLowerCase()) ? [] : [`${text} -> ${guessed} ${confidence}`];
  });
  assert.deepEqual(missed, []);
});

Deno.test("the classifier knows its own examples and gives the same answer each time", async () => {
  const [one, two] = await Promise.all([trainClassifier(EXAMPLES), trainClassifier(EXAMPLES)]);
  const right = EXAMPLES.filter(({ intent, text }) => one.guess(text).intent === intent);
  assert.ok(right.length >= EXAMPLES.length * 0.97, `${right.length} of ${EXAMPLES.length}`);
  for (const { text } of EXAMPLES) assert.deepEqual(one.guess(text), two.guess(text));
});

Deno.test("the classifier is sure of nothing where it knows no word", async () => {
  const classifier = await trainClassifier(EXAMPLES);
  for (const text of ["", "   ", "\u{1f600}".repeat(1000), "qwxzv plmkj", "x".repeat(100_000)]) {
    assert.deepEqual(classifier.guess(text), { intent: "none", confidence: 0 });
  }
});

Deno.test("an owner's examples teach an intent its own words", async () => {
  const text = "que se deje caer el inge";
  assert.notEqual((await trainClassifier(EXAMPLES)).guess(text).intent, "schedule_visit");
  const taught = [...EXAMPLES, { intent: "schedule_visit" as const, text: "que caiga el inge" }];
  assert.equal((await trainClassifier(taught)).guess(text).intent, "schedule_visit");
});

Deno.test("others get their turns while a thousand long examples are weighed", async () => {
  const many = Array.from({ length: 1000 }, (_, n) => ({
    intent: "create_ticket" as const,
    text: Array.from({ length: 50 }, (_, k) => `palabra${(n * 7 + k * (n % 13 + 1)) % 300}`).join(" "),
  }));
  let turns = 0;
  const beat = setInterval(() => turns++, 0);
  await trainClassifier([...EXAMPLES, ...many]);
  clearInterval(beat);
  assert.ok(turns > 50, `${turns} turns`);
});

Deno.test("what is said at once waits for one training, also of an owner's examples", async () => {
  await using h = await harness();
  const { ctx } = await h.person();
  const shipped = await classifierOf(ctx);
  await addExample(ctx, { intent: "schedule_visit", text: "que caiga el inge" });
  const trained = new Set(await Promise.all(Array.from({ length: 5 }, () => classifierOf(ctx))));
  assert.equal(trained.size, 1);
  assert.ok(!trained.has(shipped));
});

Deno.test("a training that was left off in the middle is gone on with by whoever comes next, and ends the same", async () => {
  const training = beginTraining(EXAMPLES);
  assert.equal(training.step(), null, "it takes more than one turn");
  const [one, other] = await Promise.all([finishTraining(training), finishTraining(training)]);
  assert.equal(one, other);
  const whole = await trainClassifier(EXAMPLES);
  for (const [, text] of UNSEEN) assert.deepEqual(one.guess(text), whole.guess(text));
});
