import { fold } from "../knowledge/mod.ts";
import { isAction } from "./intents.ts";
import type { Pending } from "./pending.ts";
import { spell } from "./spelling.ts";
import type { Understood } from "./understand.ts";

/** What can't be taken back without telling everybody again. */
const UNDOING: ReadonlySet<string> = new Set(["reschedule_visit", "cancel_visit"]);

export function isOfUndoing(intent: string): boolean {
  return UNDOING.has(intent);
}

/** Calling off or moving, in both languages, folded. */
const DEED =
  "(?:can[cs]el|anul|muev|mov|cambi|reagend|reprogram|pospo?n|aplaz|adelant|chang|reschedul|postpon|" +
  "call(?:ed|ing)? off)\\w*";

/** After one of the first words come only those in between, and then the deed. */
const leading = (first: string, between: string) => new RegExp(`\\b(?:${first}) (?:(?:${between}) )*${DEED}`);

/** In these the deed is forbidden, asked about or told of. */
const SPOKEN_OF: readonly RegExp[] = [
  leading(
    "no|nunca|jamas|tampoco|sin",
    "me|te|se|le|les|nos|la|lo|las|los|que|a|quier\\w+|quis\\w+|dese\\w+|necesit\\w+|hace|falta|hay|vay\\w+|voy|vas?|van|ir|" +
      "pued\\w+|pod\\w+|deb\\w+|ped\\w+|pidi\\w+|dij\\w+|solicit\\w+|he|has?|han|hemos",
  ),
  leading(
    "not|never|without|dont|cant|wont|(?:do|does|did|ca|wo|is|are|was|were|should|would|could|have|has|had|must|need)n['’]t",
    "you|i|we|they|to|want(?:ed)?|need|have|had|been|be|think|that|should|ask(?:ed)?|sa(?:y|id)|tell|told|going|like|" +
      "wish|mean|plan|please|ever|yet|my|the|it|visit|appointment",
  ),
  leading(
    "como|por ?que|cuando|cuanto|quien|que pasa si|acaso|debo|deberia\\w*|conviene|se",
    "me|te|se|le|la|lo|mi|su|ya|no|han?|hago|para|puedo|pued[eo]s?|podria\\w*|cuesta|cobran|por|si|fue|visita|cita",
  ),
  leading(
    "esta\\w*|sigue\\w*|fue\\w*|quedo|sido|aparece|ya (?:me |la |lo )?(?:ha|han|fue)",
    "ya|mi|la|su|visita|cita|sido",
  ),
  leading(
    "is|are|was|were|has|had|have|been|got|did",
    "been|already|just|really|being|my|the|our|visit|appointment|technician|engineer|it|you|they|he|she|we|i|someone|somebody|" +
      "anyone|anybody|still",
  ),
  new RegExp(
    `\\b(?:why|who|how(?! about)|what(?! about)|whether|should (?:i|we|you|they|he|she|it|the|my))\\b[^.;!,?]*\\b${DEED}`,
  ),
  /\b(?:cancel|anul|cambi|reagend|reprogram|aplaz|adelant)(?:aron|aste|ab\w+)\b|\bmov(?:ieron|iste|ia\w*)\b|\bpospus\w+/,
  /\b(?:tecnic[oa]|ingenier[oa]|operadora?|usted|ella|nadie|alguien) (?:ya |me |nos |la |lo )*(?:cancel|anul|cambi|reagend|reprogram)o\b/,
  /\bsi (?:la |lo |me |se )?(?:cancel|anul|muev|cambi|reagend|reprogram)(?:o|amos|as|ara\w*)\b/,
  /(?<!\bif )\b(?:they|you|he|she|we|technician|engineer|operator|nobody|someone|somebody) (?:(?:already|just|ha[sd]|have) )*(?:cancell?ed|moved|changed|rescheduled|postponed|called off)\b/,
];

/** Whether a text that speaks of calling off or moving a visit wants that done. */
export function isOrdered(text: string): boolean {
  // As it is written too: a word that is right may be like another one that is known.
  const readings = [fold(text), spell(text)];
  return !SPOKEN_OF.some((pattern) => readings.some((plain) => pattern.test(plain)));
}

const DEED_SAID = new RegExp(`\\b${DEED}`);

/** Whether calling off or moving is spoken of at all. */
export function namesDeed(text: string): boolean {
  return DEED_SAID.test(fold(text));
}

/** "Don't send ...", in both languages, folded; what is only told ("no se genera", "does not print") is not forbidden. */
const FORBIDDEN: readonly RegExp[] = [
  "(?:no|nunca|jamas) (?:(?:me|le|les|se|nos|la|lo|las|los) )*(?:(?:agend|program|reserv|mand|envi|avis|notifiqu|levant|" +
  "registr|gener|prepar|export)(?:es?|en|emos)|(?:escrib|abr|dig|hag)(?:an?|as))",
  "(?:do not|don['’]?t|never) (?:schedule|book|arrange|send|notify|text|e-?mail|tell|post|open|create|log|raise|file|" +
  "generate|export|prepare)",
].map((order) => new RegExp(`^\\W*(?:(?:hola|oye|por favor|please|hey)\\W+)*${order}\\b`));

/** Whether a text begins with what is not to be done. */
export function isForbidden(text: string): boolean {
  const plain = fold(text);
  return FORBIDDEN.some((pattern) => pattern.test(plain));
}

/** What was heard; nothing is done that is forbidden, and a visit is called off or moved only where that is ordered. */
export function asOrdered(
  heard: Understood,
  { text, pending }: { text: string; pending: Pending | null },
): Understood {
  const none = { ...heard, intent: "none" } as const;
  const cancel = { ...heard, intent: "cancel", confidence: 1 } as const;
  const asking = pending !== null && UNDOING.has(pending.action);
  const calledOff = UNDOING.has(heard.intent) || heard.intent === "cancel";
  if ((asking || calledOff) && !isOrdered(text)) return asking ? cancel : none;
  if (!isAction(heard.intent) || !isForbidden(text)) return heard;
  return pending?.slot === "when" ? cancel : none;
}
