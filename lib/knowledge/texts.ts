import type { Locale } from "./text/mod.ts";

/** What the bot says around a quote. `unknown` offers a person; its word is one that conversations understand as the wish for one. */
export const TEXTS = {
  es: {
    unknown:
      "No tengo esa información y prefiero no inventarla. Si quieres, escribe «persona» y alguien del equipo te responde.",
    source: (title: string) => `Fuente: ${title}`,
    otherLanguage: "Lo tengo solo en inglés:",
  },
  en: {
    unknown:
      "I don't have that information, and I'd rather not make it up. If you like, write “person” and somebody from the team will answer you.",
    source: (title: string) => `Source: ${title}`,
    otherLanguage: "I only have this in Spanish:",
  },
} as const satisfies Record<Locale, Record<string, string | ((title: string) => string)>>;
