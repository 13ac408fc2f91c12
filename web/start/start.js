import { byId } from "../shared/dom.js";
import { createTexts } from "../shared/texts.js";

const WORDS = {
  es: {
    what: "Tus clientes preguntan, tu negocio responde.",
    doors: "Entradas",
    chat: "Chat",
    chatWhat: "Pregunta como lo haría un cliente.",
    inbox: "Bandeja",
    inboxWhat: "Atiende a quien pide una persona y enseña al asistente lo que no supo.",
    docs: "API",
    docsWhat: "Prueba cada llamada desde el navegador.",
    reference: "Referencia",
    health: "Estado",
    language: "Idioma",
  },
  en: {
    what: "Your customers ask, your business answers.",
    doors: "Entrances",
    chat: "Chat",
    chatWhat: "Ask as a customer would.",
    inbox: "Inbox",
    inboxWhat: "Answer those who want a person, and teach the assistant what it did not know.",
    docs: "API",
    docsWhat: "Try every call from the browser.",
    reference: "Reference",
    health: "Health",
    language: "Language",
  },
};

const texts = createTexts(WORDS);
texts.switchBy(byId("language"));
texts.apply();
