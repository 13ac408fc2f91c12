import { fold, words } from "../knowledge/mod.ts";
import { EXAMPLES } from "./examples.ts";
import { TIME_WORDS } from "./time-words.ts";

/** Puts words that are no words of a vocabulary into the ones that were meant. Takes and gives folded text. */
export type Spelling = (text: string) => string;

/** How words sound in Spanish: what sounds alike is written the one for the other. */
const SOUNDS: readonly (readonly [RegExp, string])[] = [
  [/ck/g, "k"],
  [/qu(?=[ei])/g, "k"],
  [/xc(?=[ei])/g, "x"],
  [/c(?=[ei])|z/g, "s"],
  [/c(?!h)|q/g, "k"],
  [/(?<!c)h/g, ""],
  [/v/g, "b"],
  [/ll/g, "y"],
  [/g(?=[ei])/g, "j"],
  [/n(?=[bp])/g, "m"],
  [/(.)\1/g, "$1"],
];

function soundOf(word: string): string {
  return SOUNDS.reduce((said, [pattern, letter]) => said.replace(pattern, letter), word);
}

/** Too short to tell what was meant. */
const LEAST_SOUND = 3;
const LEAST_SLIP = 4;
/** Of shorter words a letter more or another letter makes other words: "cinta" is no "cita". */
const LEAST_CHANGE = 6;
const LEAST_MORE = 7;

/**
 * One slip of the fingers: two letters in the wrong order, or one inside that is missing, too many or another one. The
 * ends stay: there words differ by what they say ("caso", "casa", "casos").
 */
function isSlip(word: string, meant: string): boolean {
  const longer = meant.length - word.length;
  if (word.length < LEAST_SLIP || word[0] !== meant[0] || Math.abs(longer) > 1) return false;
  let same = 0;
  while (same < word.length && word[same] === meant[same]) same++;
  const [rest, left] = [word.slice(same), meant.slice(same)];
  const swapped = longer === 0 && rest[0] === left[1] && rest[1] === left[0] &&
    rest.slice(2) === left.slice(2);
  if (swapped) return rest.length > 1;
  if (word.at(-1) !== meant.at(-1)) return false;
  if (longer === 1) return rest === left.slice(1);
  if (longer === -1) return word.length >= LEAST_MORE && rest.slice(1) === left;
  return word.length >= LEAST_CHANGE && rest.slice(1) === left.slice(1);
}

/** Words of the vocabulary stay, and so does what is like none of it. The earlier of two that fit is meant. */
export function spellingOf(vocabulary: Iterable<string>): Spelling {
  const known = new Set(vocabulary);
  const bySound = new Map<string, string>();
  const byLetter = new Map<string, string[]>();
  for (const word of known) {
    if (!/^[a-z]{3,}$/.test(word)) continue;
    const sound = soundOf(word);
    if (!bySound.has(sound)) bySound.set(sound, word);
    const letter = word.slice(0, 1);
    byLetter.set(letter, [...byLetter.get(letter) ?? [], word]);
  }
  const meant = (word: string): string => {
    if (word.length < LEAST_SOUND || known.has(word)) return word;
    return bySound.get(soundOf(word)) ??
      byLetter.get(word.slice(0, 1))?.find((one) => isSlip(word, one)) ?? word;
  };
  return (text) => text.replace(/[a-z]+/g, meant);
}

/** Of what is asked for, beside the examples. */
const MORE =
  "excel csv pdf json llamadas llamada operadores agentes conversaciones visitas promesas correo mensaje urgente urgent " +
  "critico critical inmediato importante important prioridad priority broken laptop printer screen keyboard impresora " +
  "pantalla teclado falla informe reporte reports calls tickets casos cita citas visita";

let spelling: Spelling | undefined;

/** A text, folded, as it was meant by who speaks with this desk. */
export function spell(text: string): string {
  spelling ??= spellingOf([
    ...TIME_WORDS,
    ...MORE.split(" "),
    ...EXAMPLES.flatMap((example) => words(example.text)),
  ]);
  return spelling(fold(text));
}
