/** Words of one language: what the bot says by itself, and what it understands. */
interface Phrases {
  readonly greeting: (business: string) => string;
  readonly away: (opens: string | null) => string;
  /** A person was called and somebody is there. */
  readonly called: string;
  readonly unknown: string;
  /** How to get a person; follows `unknown` and `fileOnly`. */
  readonly offer: string;
  /** To "hello" and the like. */
  readonly howCanIHelp: string;
  readonly welcome: string;
  readonly goodbye: string;
  /** A message of nothing else but these and `polite` words is thanks, or a goodbye. */
  readonly thanks: readonly string[];
  readonly goodbyes: readonly string[];
  readonly polite: readonly string[];
  /** A file without words. */
  readonly fileOnly: string;
  readonly optedOut: string;
  readonly optedIn: string;
  /** The wish for a person, wherever in a message. Compared without accents and case; whole words. */
  readonly handover: readonly string[];
  /** The wish in two parts: one of these, articles, and one of `alone` or `persons`. */
  readonly reach: readonly string[];
  readonly articles: readonly string[];
  readonly persons: readonly string[];
  /** Who would not `reach` one of these wants a person: "I don't want to talk to a robot". */
  readonly machines: readonly string[];
  /** Words that are the wish when the message says nothing else but `fillers`. */
  readonly alone: readonly string[];
  readonly fillers: readonly string[];
  /** Said before the wish, it is none: "I don't need a person". */
  readonly negations: readonly string[];
  /** The wish begins with one of these: a negation further before is of something else ("No, I want..."). */
  readonly desires: readonly string[];
}

const words = (list: string) => list.split(/\s+/);

export const PHRASES = {
  es: {
    greeting: (business) => business === "" ? "¡Hola!" : `¡Hola! Soy el asistente de ${business}.`,
    away: (opens) =>
      opens === null
        ? "Ahora no hay nadie del equipo. Tu mensaje queda anotado y te responderán en cuanto puedan."
        : `Ahora no hay nadie del equipo. Tu mensaje queda anotado y te responderán a partir del ${opens}.`,
    called: "Aviso a una persona del equipo. Te responde por aquí en cuanto pueda.",
    unknown: "No tengo esa información y prefiero no inventarla.",
    offer: "Si quieres, escribe «persona» y alguien del equipo te responde.",
    howCanIHelp: "¿En qué te puedo ayudar?",
    welcome: "De nada. Si necesitas algo más, aquí estoy.",
    goodbye: "Hasta luego. Si necesitas algo más, aquí estoy.",
    thanks: ["gracias", "agradezco", "agradecido", "agradecida"],
    goodbyes: ["adios", "chao", "chau", "luego", "pronto", "vemos", "bye"],
    polite: words(
      `muchas muchisimas mil muy amable amables bien ok okay vale va listo perfecto excelente genial entendido claro
      hola no si de todo todos todas por tu su la las el los lo le les te se ayuda atencion informacion info respuesta tiempo
      que tenga tengan tengas un una buen buena buenas dia tarde noche linda bonito igualmente saludos nos hasta y eso
      es era seria`,
    ),
    fileOnly: "Recibí tu archivo, pero no puedo leerlo.",
    optedOut: "De acuerdo: no te escribiremos más. Si cambias de idea, escribe ALTA.",
    optedIn: "Listo: volvemos a escribirte. Para dejar de recibir mensajes, escribe BAJA.",
    handover: [
      "persona real",
      "atencion humana",
      "quiero una persona",
      "quiero un humano",
      "quiero hablar con",
      "comunicame con",
      "pasame con",
    ],
    reach: [
      "hablar con",
      "hablo con",
      "platicar con",
      "comunicar con",
      "comunicarme con",
      "comunicas con",
      "comuniqueme con",
      "pasarme con",
      "pasas con",
      "paseme con",
      "transfiereme con",
      "transfiereme a",
      "me atiende",
      "me atienda",
      "me puede atender",
      "me pueda atender",
      "atencion de",
    ],
    articles: ["un", "una", "el", "la", "algun", "alguna", "otro", "otra", "ser"],
    persons: ["alguien", "encargado", "encargada", "gerente", "representante", "vendedor", "vendedora"],
    machines: [
      "robot",
      "robots",
      "bot",
      "bots",
      "chatbot",
      "maquina",
      "maquinas",
      "contestador",
      "asistente virtual",
      "ia",
    ],
    alone: [
      "persona",
      "humano",
      "humana",
      "operador",
      "operadora",
      "agente",
      "asesor",
      "asesora",
      "ejecutivo",
      "ejecutiva",
    ],
    fillers: [
      "una",
      "un",
      "con",
      "por",
      "favor",
      "porfa",
      "quiero",
      "necesito",
      "hola",
      "gracias",
      "me",
      "si",
      "a",
    ],
    negations: ["no", "sin", "tampoco"],
    desires: ["quiero", "quisiera", "necesito", "prefiero", "puedo", "podria"],
  },
  en: {
    greeting: (business) => business === "" ? "Hello!" : `Hello! I'm the assistant of ${business}.`,
    away: (opens) =>
      opens === null
        ? "Nobody of the team is here right now. Your message is noted and somebody will answer as soon as possible."
        : `Nobody of the team is here right now. Your message is noted and somebody will answer from ${opens}.`,
    called: "I'm calling somebody from the team, who will answer you here as soon as possible.",
    unknown: "I don't have that information, and I'd rather not make it up.",
    offer: "If you like, write “person” and somebody from the team will answer you.",
    howCanIHelp: "How can I help you?",
    welcome: "You're welcome. If you need anything else, I'm here.",
    goodbye: "Goodbye. If you need anything else, I'm here.",
    thanks: ["thanks", "thank", "thx", "appreciated"],
    goodbyes: ["bye", "goodbye", "later"],
    polite: words(
      `you so very much many a lot again ok okay great perfect good cool got it nice hi hello no yes that's thats that
      is all was for the your help info information answer time and have day evening night see now`,
    ),
    fileOnly: "I received your file, but I can't read it.",
    optedOut: "All right: we won't write to you any more. If you change your mind, write START.",
    optedIn: "Done: we may write to you again. To stop our messages, write STOP.",
    handover: ["real person", "real human", "live agent", "i want a person", "i want a human"],
    reach: [
      "speak to",
      "speak with",
      "talk to",
      "talk with",
      "chat with",
      "connect me to",
      "connect me with",
      "transfer me to",
      "put me through to",
    ],
    articles: ["a", "an", "the", "your", "real", "live", "actual"],
    persons: ["someone", "somebody", "manager"],
    machines: ["robot", "robots", "bot", "bots", "chatbot", "machine", "machines", "computer", "ai"],
    alone: ["person", "human", "operator", "agent", "representative"],
    fillers: ["a", "an", "please", "want", "need", "i", "hi", "hello", "thanks", "yes", "the", "to", "with"],
    negations: ["no", "not", "don't", "dont", "without"],
    desires: ["want", "need", "like", "prefer", "can", "could", "may"],
  },
} as const satisfies Record<string, Phrases>;

export type Locale = keyof typeof PHRASES;
export const LOCALES = ["es", "en"] as const satisfies readonly Locale[];

export interface OptWords {
  readonly out: readonly string[];
  readonly in: readonly string[];
  readonly courtesies: readonly string[];
  readonly wishes: readonly string[];
}

/**
 * Whole messages that ask to be left alone, or to be written to again, without the `courtesies`, which say nothing.
 * `out` is without the `wishes` too: "No quiero recibir mensajes" is `no recibir mensajes`. Who wants to be written to
 * again must say so: "I want to start" may be of anything.
 */
export const OPT_OUT_WORDS = {
  es: {
    out: [
      "baja",
      "alto",
      "cancelar suscripcion",
      "darme de baja",
      "dame de baja",
      "denme de baja",
      "dar de baja",
      "no me escriban",
      "no me escriban mas",
      "ya no me escriban",
      "no me escribas",
      "no me escribas mas",
      "deja de escribirme",
      "dejen de escribirme",
      "no recibir mensajes",
      "no recibir mas mensajes",
      "ya no recibir mensajes",
      "no mas mensajes",
      "ya no mas mensajes",
    ],
    in: [
      "alta",
      "darme de alta",
      "dame de alta",
      "denme de alta",
      "dar de alta",
      "quiero alta",
      "quiero darme de alta",
      "necesito darme de alta",
    ],
    courtesies: ["por", "favor", "porfa", "porfavor", "hola", "gracias"],
    wishes: ["quiero", "necesito"],
  },
  en: {
    out: [
      "stop",
      "unsubscribe",
      "unsubscribe me",
      "stopall",
      "optout",
      "opt out",
      "no more messages",
      "stop messaging me",
      "stop texting me",
      "stop writing me",
      "remove me",
    ],
    in: ["start", "unstop", "subscribe", "opt in", "i want to subscribe", "i want to opt in"],
    courtesies: ["please", "hi", "hello", "thanks"],
    wishes: ["i", "want", "need", "to"],
  },
} as const satisfies Record<Locale, OptWords>;
