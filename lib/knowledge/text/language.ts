import { fold } from "./fold.ts";

export const LOCALES = ["es", "en"] as const;
export type Locale = typeof LOCALES[number];

/** Words that only one of the two languages uses, common in what customers write. */
const MARKERS = {
  es:
    `el la los las un una unos unas de del al que y o en con por para su sus mi mis tu tus se me te le les lo es son esta estan
    hay como cuando cuanto cuanta cuantos cuantas donde cual cuales quien porque pero si muy mas ya yo usted ustedes ella ellos
    nosotros este esto estos eso ese hola buenos buenas dias tardes noches gracias favor quiero quisiera puedo puede pueden tengo
    tiene tienen necesito hacen hace venden cuesta cuestan precio horario abren cierran hoy manana ayer sabado domingo lunes
    martes miercoles jueves viernes ayuda informacion servicio tienda envio pago pagar factura cita oye disculpe saber ser era
    fue sin sobre hasta desde entre tambien donde aqui alla bien persona hablar`,
  en:
    `the an of and or to in on at with for from by is are was were be been am i you he she it we they my your his her its our
    their this that these those there here what when where which who why how much many do does did don have has had can could
    will would should may might not if but so very more please thanks thank hello hi hey good morning evening afternoon today
    tomorrow want need looking get price cost open close closed hours help service store shipping pay payment invoice
    appointment about also any some out up know tell me us person speak talk someone`,
} as const satisfies Record<Locale, string>;

const markers = { es: setOf(MARKERS.es), en: setOf(MARKERS.en) };
const SPANISH_LETTERS = /[ñ¿¡áéíóú]/giu;
const SPANISH_ENDING = /(cion|ciones|dad|dades|mente|ando|iendo|aron|ieron|amos|emos|illo|illa|ito|ita)$/;
const ENGLISH_ENDING = /(ing|tion|tions|ght|ould|ness|ship|ed|ly|wh.*|.*th)$/;
const ENOUGH = 400;

function setOf(list: string): ReadonlySet<string> {
  return new Set(list.split(/\s+/));
}

/** Spanish or English, by function words, letters and endings; null when nothing tells ("ok", "R410A", emoji). */
export function guessLocale(text: string): Locale | null {
  const sample = text.slice(0, 4000);
  let es = 1.5 * Math.min(4, sample.match(SPANISH_LETTERS)?.length ?? 0);
  let en = 0;
  for (const word of (fold(sample).match(/\p{L}+/gu) ?? []).slice(0, ENOUGH)) {
    if (markers.es.has(word)) es += 2;
    else if (SPANISH_ENDING.test(word)) es += 1;
    if (markers.en.has(word)) en += 2;
    else if (word.length > 3 && ENGLISH_ENDING.test(word)) en += 1;
  }
  if (es === en) return null;
  return es > en ? "es" : "en";
}

/** "es-MX" and "EN" as a language we have, else null. */
export function toLocale(tag: string | null | undefined): Locale | null {
  const language = tag?.trim().toLowerCase().split(/[-_]/)[0];
  return LOCALES.find((known) => known === language) ?? null;
}
