import { fold } from "../knowledge/mod.ts";
import type { Action } from "./intents.ts";
import { isOfUndoing, isOrdered, namesDeed } from "./orders.ts";
import { messageOf, type Slots } from "./slots.ts";

/** "Sí", with its accent or a comma after it, is no condition; nor is what is only polite. */
const YES_FIRST =
  /^\W*s[ií](?:\s*[,.;:!]|\s+(?=por favor|quiero|quisiera|claro|gracias))|sí (?=que|quier|quisier|necesit|dese)/gi;
const POLITE = [
  "a ver si",
  "si (?:no )?(?:le|te|les|os) (?:importa|molesta|parece|viene)\\w*(?: bien)?",
  "si (?:no )?(?:es|fuera|fuese) (?:mucha |una |tan )?(?:posible|molestia|amable)",
  "si (?:eres|es usted|son) (?:tan )?amables?",
  "si no hay (?:problema|inconveniente)",
  "si (?:me|nos) (?:hace\\w*|haria\\w*) (?:el|un) favor",
  "si (?:se puede|puede ser|puedes?|pueden|podeis|gusta\\w*|quieres?|quieren)(?=\\W*$|,)",
  "if (?:it is |it's |it’s |at all )?(?:possible|convenient|ok|okay|all right)",
  "if (?:you (?:please|can|could|would|don['’]?t mind|do not mind))(?=\\W*$|,)",
  "if (?:that is|that's|that’s|it is|it's) (?:ok|okay|fine|all right|possible)",
  "(?:wondering|grateful|appreciate it|glad|nice|great|helpful) if (?:i|we|you)",
].map((words) => new RegExp(`\\b${words}`, "g"));

/** In these a deed hangs on something, may not be wanted, or is asked leave for. Folded. */
const DOUBTFUL: readonly RegExp[] = [
  /\bsi\b/,
  /\b(?:a menos|a no ser|salvo que|excepto si|en caso de|siempre que|siempre y cuando|con tal de que|por si|depende)\b/,
  /\b(?:if|unless|provided|in case|as long as|depending|depends)\b/,
  // Of a time that is to come: at the beginning, or after the deed.
  /^\W*(?:cuando|en cuanto|una vez que|hasta que|when|as soon as|until|once (?:i|you|he|she|it|we|they|the))\b/,
  /\b(?:visitas?|citas?|visits?|appointments?|\w+la)\b[^,.;!?]* (?:cuando|en cuanto|una vez que|hasta que|when|as soon as|once (?:i|you|he|she|it|we|they|the))\b/,
  /\b(?:quiza|quizas|tal vez|talvez|a lo mejor|puede ser|puede que|posiblemente|probablemente|acaso)\b/,
  /\b(?:creo|dudo|no se si|no estoy segur\w+|estoy pensando|estamos pensando|me pregunto)\b/,
  /\b(?:maybe|perhaps|possibly|probably|might|not sure|thinking (?:of|about)|considering|i wonder|i think|we think)\b/,
  /\b(?:i|we) may (?:have|need|want)\b|\b(?:i|we|you|they) should\b/,
  // Not to be visited then, or not at all?
  /\b(?:prefer\w*|prefier\w*|mejor|rather|better)\b[^.;!?]*\b(?:no (?:me |nos )?v[ei]n\w+|nobody|not com\w+|did not come|didn['’]t come)/,
];

/** Leave is asked for, unless it is said with a "please". */
const LEAVE = /\b(?:puedo|se puede|se podria|es posible|(?:can|may|could) i|is it possible)\b/;
const PLEASE = /\b(?:por favor|porfa\w*|please)\b/;

/** Whether a text sets a condition, doubts, or only asks whether it may be done. */
export function isDoubtful(text: string): boolean {
  const said = text.replace(YES_FIRST, " ");
  const plain = POLITE.reduce((left, words) => left.replace(words, " "), fold(said));
  return DOUBTFUL.some((pattern) => pattern.test(plain)) || (LEAVE.test(plain) && !PLEASE.test(plain));
}

/** What changes or ends something that is there, or tells people, waits for a yes where a text is in doubt about it. */
export function doubtIn(action: Action, text: string): Slots {
  const order = action === "send_notification" ? beforeMessage(text) : isOfUndoing(action) ? text : "";
  return isDoubtful(order) ? { confirmed: false } : {};
}

/** Before the order up to a comma, or after it to the end. */
const CONDITIONS: readonly RegExp[] = [
  /^\W*(?:si|if|cuando|when|en cuanto|as soon as|en caso de)\s[^,]*,/i,
  /\s(?:si|if|unless|a menos que|cuando|when|en cuanto|as soon as|en caso de)\s[^,]*$/i,
];

/** An order without what it hangs on: the day on which it may rain is not the visit's. */
export function orderIn(text: string): string {
  const left = (clause: string) => namesDeed(clause) ? clause : " ";
  return CONDITIONS.reduce((order, pattern) => order.replace(pattern, left), text);
}

/** A message may say "if": that is no condition of sending it. */
function beforeMessage(text: string): string {
  const message = messageOf(text);
  return message === undefined ? text : text.trim().slice(0, -message.length);
}

const WORDS_OF_YES =
  "si|sip|claro|ok|okay|vale|dale|adelante|hazlo|hagalo|haganlo|confirmo|confirmado|confirmada|correcto|exacto|afirmativo|" +
  "de acuerdo|por supuesto|esta bien|cancelala|cancelela|cancelenla|anulala|anulela|muevela|muevala|muevanla|cambiala|" +
  "cambiela|envialo|envielo|mandalo|mandelo|" +
  "yes|yep|yeah|yup|sure|of course|go ahead|go on|do it|please do|right|correct|confirm|confirmed|all right|alright|" +
  "(?:cancel|move|send|change) it";
const BESIDE_YES =
  "que|ya|ahora|mismo|por favor|porfa|porfavor|gracias|quiero|please|now|thanks|thank you|i|it|that is|that's";
const YES = new RegExp(`^(?:(?:${WORDS_OF_YES}|${BESIDE_YES}) )+$`);
const ANY_YES = new RegExp(`\\b(?:${WORDS_OF_YES})\\b`);
const NO =
  /^(?:no|nop|nope|nah|not|todavia no|aun no|mejor no|ya no|dejalo|dejala|olvidalo|never ?mind|forget it|leave it|stop|espera|wait)\b(?! (?:hay|pasa|problem|se|estoy|idea|sure|entiendo)\b)/;

/** Nobody says a plain yes at length, and the pattern would take long over it. */
const LONGEST_YES = 80;

/** A plain yes or a plain no; null: it is neither. */
export function assentIn(text: string): boolean | null {
  const plain = fold(text).replace(/[^a-z0-9'’]+/g, " ").trim();
  if (NO.test(plain) || (ANY_YES.test(plain) && !isOrdered(text))) return false;
  return plain.length <= LONGEST_YES && ANY_YES.test(plain) && YES.test(`${plain} `) ? true : null;
}
