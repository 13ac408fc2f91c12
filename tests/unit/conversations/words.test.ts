import assert from "node:assert/strict";
import { courtesyOf, handoverWishOf, localeOf, optWishOf } from "../../../lib/conversations/words.ts";
import { readReply, wholeSentences } from "../../../lib/conversations/prompt.ts";

Deno.test("handoverWishOf hears a wish for a person and no question about persons", () => {
  const wishes = [
    "persona",
    "Una persona, por favor",
    "¿Puedo hablar con un humano?",
    "no quiero hablar con un bot, quiero una persona",
    "Agente humano",
    "I want to talk to a person",
    "human please",
    "is there a REAL person?",
    "No, quiero hablar con una persona",
    "Eso no me sirve, quiero hablar con una persona",
    "eso no me sirve quiero hablar con una persona",
    "no entiendo nada. Pásame con un humano",
    "No, I want to talk to a person",
    "that is not what I asked: can I speak with a human?",
    "¿Me puede atender una persona?",
    "¿me comunicas con un agente?",
    "hablar con humano",
    "talk to human",
    "Speak with your manager please",
    "no quiero hablar con un robot",
    "No quiero seguir hablando: no puedo hablar con una máquina",
    "Ya no quiero hablar con bots",
    "I don't want to talk to a robot",
    "i dont want to chat with a bot",
  ];
  for (const text of wishes) assert.notEqual(handoverWishOf(text, []), null, text);
  const questions = [
    "¿Cuánto cuesta por persona?",
    "¿Es para una persona o dos?",
    "no necesito hablar con una persona",
    "¿Puedo hablar con un robot a cualquier hora?",
    "¿Reparan una máquina de hielo que no enfría?",
    "Can I talk to the robot at night?",
    "How much is it for one person?",
    "I don't want to talk to a person",
    "I don’t need to speak with anybody, no agent",
    "I don’t want to talk to a person",
    "sin hablar con una persona, ¿puedo cancelar?",
    "¿Puedo pagar sin hablar con un asesor?",
    "¿Los técnicos pueden hablar con mi vecino?",
    "¿Cuál es el horario de atención al cliente?",
    "tengo un agente de seguros que pregunta por la garantía",
    "",
  ];
  for (const text of questions) assert.equal(handoverWishOf(text, []), null, text);
});

Deno.test("handoverWishOf takes the business's own phrases as whole words, and empty ones as none", () => {
  assert.equal(handoverWishOf("quiero ver al gerente", ["Gerente"])?.reason, "phrase");
  assert.equal(handoverWishOf("la gerenteza del lugar", ["gerente"]), null);
  assert.equal(handoverWishOf("hola", ["", "!!"]), null);
});

Deno.test("courtesyOf hears thanks and goodbyes that say nothing else", () => {
  const kindOf = (text: string) => courtesyOf(text)?.kind ?? null;
  for (
    const text of [
      "Gracias",
      "¡Mil gracias por la información!",
      "no, gracias",
      "thank you so much",
      "ok thx",
    ]
  ) {
    assert.equal(kindOf(text), "welcome", text);
  }
  for (const text of ["Adiós", "hasta luego", "nos vemos pronto", "Bye!", "see you later"]) {
    assert.equal(kindOf(text), "goodbye", text);
  }
  for (
    const text of [
      "",
      "hola",
      "ok",
      "gracias, pero no enfría",
      "No, hasta el lunes",
      "¿Abren luego de las seis?",
      "thanks, how much is it?",
      "can you come later?",
      "gracias ".repeat(100),
    ]
  ) assert.equal(kindOf(text), null, text);
});

Deno.test("optWishOf takes whole messages only", () => {
  assert.deepEqual(optWishOf("  ¡BAJA! "), { wish: "out", locale: "es" });
  assert.deepEqual(optWishOf("Stop."), { wish: "out", locale: "en" });
  assert.deepEqual(optWishOf("ALTA"), { wish: "in", locale: "es" });
  for (
    const text of [
      "Baja, por favor",
      "quiero darme de baja",
      "ya no me escriban!",
      "please STOP",
      "BAJA\n",
      "No quiero recibir más mensajes, gracias",
      "Por favor dejen de escribirme",
      "No more messages, please",
      "Stop texting me!",
    ]
  ) {
    assert.equal(optWishOf(text)?.wish, "out", text);
  }
  for (
    const text of [
      "Dame de alta, por favor",
      "Hola, quiero darme de alta",
      "quiero ALTA",
      "START please",
      "I want to subscribe",
      "I want to opt in",
    ]
  ) {
    assert.equal(optWishOf(text)?.wish, "in", text);
  }
  for (const text of ["I want to start", "I need to start", "Hello, I want to start please"]) {
    assert.equal(optWishOf(text), null, `${text}: of something else`);
  }
  assert.equal(optWishOf("¿por qué no recibo mensajes?"), null);
  assert.equal(optWishOf("la presión está baja"), null);
  assert.equal(optWishOf("por favor"), null);
  assert.equal(optWishOf("don't stop"), null);
});

Deno.test("localeOf speaks the customer's language when the business does, else the business's first", () => {
  assert.equal(localeOf(["en-US"], ["es", "en"]), "en");
  assert.equal(localeOf(["en-US"], ["es"]), "es");
  assert.equal(localeOf(["fr", null], ["en", "es"]), "en");
  assert.equal(localeOf([null], ["de"]), "es");
});

Deno.test("readReply turns marks into outcomes and citations into sources", () => {
  const hit = {
    entry_id: "knw_1",
    kind: "pair",
    title: "Horario",
    heading: null,
    text: "De 8 a 19",
    quote: "De 8 a 19",
    locale: "es",
    source: null,
    score: 0.9,
    matched: [],
    missing: [],
  } as const;
  assert.deepEqual(readReply("[[UNKNOWN]]", []), { kind: "unknown" });
  assert.deepEqual(readReply("[[UNKNOWN]] but here is a guess", []), { kind: "unknown" });
  assert.deepEqual(readReply(" ok [[PERSON]]", []), { kind: "person" });
  assert.deepEqual(readReply("De 8 a 19 [1]. Y más [7]", [hit]), {
    kind: "text",
    text: "De 8 a 19. Y más",
    sources: [{ entry_id: "knw_1", title: "Horario", quote: "De 8 a 19", score: 0.9 }],
  });
});

Deno.test("wholeSentences ends a text that was cut off at its last whole sentence or line", () => {
  const cases = [
    ["Abrimos a las 8. Cerramos a las siete. Los sáb", "Abrimos a las 8. Cerramos a las siete."],
    [
      "Cuesta 350 pesos [1]. Incluye la revisión. [2] Si acep",
      "Cuesta 350 pesos [1]. Incluye la revisión. [2]",
    ],
    ["Puede pagar así:\n- efectivo\n- tarj", "Puede pagar así:\n- efectivo"],
    ["Los pasos son tres. Primero la llave:\n1. Abr", "Los pasos son tres. Primero la llave:"],
    ["¿Le sirve? El precio es de 3.", "¿Le sirve?"],
    ["una frase sin ningún final cort", "una frase sin ningún final…"],
    ["palabra", "palabra…"],
  ];
  for (const [text = "", ended] of cases) assert.equal(wholeSentences(text), ended);
});
