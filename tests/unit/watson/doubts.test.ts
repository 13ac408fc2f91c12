import assert from "node:assert/strict";
import { assentIn, doubtIn, isDoubtful, orderIn } from "../../../lib/watson/doubts.ts";

const IN_DOUBT = [
  "Si llueve, cancela la visita",
  "cancela la visita si Ana no puede",
  "Cancela la visita en cuanto Ana confirme",
  "Cuando llegue la pieza, mueve la visita al lunes a las 10",
  "Cancela la visita a menos que venga Luis",
  "En caso de lluvia, cancelen la cita",
  "Quizá haya que cambiar la visita",
  "Tal vez cancele la cita",
  "A lo mejor cancelo la visita",
  "Creo que habrá que cancelar la visita",
  "No sé si cancelar la visita",
  "¿Puedo cancelar la visita?",
  "¿Es posible mover mi cita al lunes?",
  "¿Se puede cancelar la cita?",
  "Preferiría que no vinieran el lunes",
  "Sería mejor que no viniera el técnico",
  "I'd rather nobody came",
  "if it rains cancel the visit",
  "Cancel the visit unless Ana can come",
  "Cancel the visit when Ana calls",
  "Cancela la visita del viernes cuando llame Ana",
  "Once the part arrives, move the visit to Monday at 10",
  "As soon as she confirms, cancel the appointment",
  "Maybe we have to move the visit",
  "We should move the visit to Friday",
  "I might cancel my appointment",
  "I'm not sure, cancel the visit perhaps",
  "I am thinking about cancelling the visit",
  "Can I cancel my appointment?",
  "Is it possible to cancel my visit?",
];

const PLAIN = [
  "Cancela la visita",
  "Sí, cancela la visita",
  "si, cancela la visita",
  "Sí quiero cancelar la visita",
  "Cancela la visita, si es posible",
  "Cancela la cita si no le importa",
  "Si no es molestia, cancela la visita",
  "A ver si pueden mover la visita al jueves",
  "Mueve la visita al lunes a las once, si puedes",
  "¿Puedo cancelar la visita, por favor?",
  "¿Podrías mover la visita al jueves?",
  "Me gustaría cancelar la visita",
  "No estaré cuando venga el técnico, cancela la visita",
  "Cancel the visit",
  "Cancel the visit if you can",
  "If possible, move my visit to Monday",
  "I was wondering if I could move my appointment to Monday",
  "I would appreciate it if you cancelled my visit",
  "Would you mind moving the visit, if that's ok?",
  "I won't be home when the technician comes, cancel the visit",
];

Deno.test("an order that hangs on something, is not certain or asks for leave is in doubt; a plain or a polite one is not", () => {
  assert.deepEqual(IN_DOUBT.filter((text) => !isDoubtful(text)), []);
  assert.deepEqual(PLAIN.filter(isDoubtful), []);
});

Deno.test("what only makes or tells something waits for no yes, and a message may set conditions of its own", () => {
  const asked = { confirmed: false };
  assert.deepEqual(doubtIn("cancel_visit", "Si llueve, cancela la visita"), asked);
  assert.deepEqual(doubtIn("reschedule_visit", "Quizá haya que cambiar la visita"), asked);
  assert.deepEqual(
    doubtIn("send_notification", "Si no contesta, avisa a ana@example.com que vamos tarde"),
    asked,
  );
  assert.deepEqual(doubtIn("send_notification", "Avisa a ana@example.com si llueve"), asked);
  for (
    const [action, text] of [
      ["send_notification", "Avisa a ana@example.com que si llueve no vamos"],
      ["send_notification", "Send an email to ana@example.com saying that we may come if it is dry"],
      ["create_ticket", "Si enciendo la impresora, se apaga"],
      ["schedule_visit", "Quizá el lunes a las 10 puede venir alguien"],
      ["query_status", "¿Puedo saber cómo va el ticket 4?"],
      ["generate_report", "Si hay llamadas de ayer, dame el informe"],
    ] as const
  ) assert.deepEqual(doubtIn(action, text), {}, text);
});

Deno.test("what an order hangs on is left out of it, but never the order", () => {
  for (
    const [text, order] of [
      ["Si llueve el martes, cancela la visita del viernes", "cancela la visita del viernes"],
      ["Cancel Friday's visit if it rains on Tuesday", "Cancel Friday's visit"],
      ["No sé si cancelar la visita del viernes", "No sé si cancelar la visita del viernes"],
      ["¿Puedo cancelar la visita del viernes?", "¿Puedo cancelar la visita del viernes?"],
    ] as const
  ) assert.equal(orderIn(text).trim(), order);
});

Deno.test("a plain yes is told from a plain no, and from what is neither", () => {
  const said = {
    yes: [
      "sí",
      "si",
      "Sí, por favor",
      "sí, cancélala ya",
      "Claro que sí",
      "vale",
      "Adelante",
      "hazlo",
      "ok",
      "Yes",
      "yes, please do",
      "Go ahead",
      "Sure, cancel it",
      "That's right",
    ],
    no: [
      "no",
      "No, gracias",
      "todavía no",
      "aún no la canceles",
      "mejor no",
      "déjalo",
      "no, mejor espera",
      "Nope",
      "not yet",
      "never mind",
      "don't do it, don't cancel it",
    ],
    neither: [
      "",
      "por favor",
      "sí, pero solo si llueve",
      "si Ana no puede",
      "sí, el lunes a las 10",
      "no sé",
      "no hay problema",
      "cancela",
      "¿cuál?",
      "yes if it rains",
      "the one on Friday",
    ],
  };
  assert.deepEqual(said.yes.filter((text) => assentIn(text) !== true), []);
  assert.deepEqual(said.no.filter((text) => assentIn(text) !== false), []);
  assert.deepEqual(said.neither.filter((text) => assentIn(text) !== null), []);
});
