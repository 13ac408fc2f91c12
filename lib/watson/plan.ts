import type { Ctx } from "../context.ts";
import type { Locale } from "../knowledge/mod.ts";
import { spoken } from "./actions.ts";
import { assentIn, doubtIn, orderIn } from "./doubts.ts";
import { type Action, type Intent, isAction } from "./intents.ts";
import { asOrdered, isOfUndoing, namesDeed } from "./orders.ts";
import { type Pending, pendingOf } from "./pending.ts";
import { answerTo, merged, missing, questionFor, type Slots, slotsIn, type Speech } from "./slots.ts";
import type { SessionRow } from "./store.ts";
import { SURE, type Understood } from "./understand.ts";
import { instantOfWhen, whenIn } from "./when.ts";
import { CONFIRMATIONS, QUESTIONS, SAID } from "./words.ts";

export interface Heard {
  readonly text: string;
  readonly context?: Readonly<Record<string, unknown>> | undefined;
  /** The business's. */
  readonly zone: string;
  /** What the text wants by itself, found out at the first call. */
  readonly hear: () => Promise<Understood>;
}

/** What a turn will do: decided before the transaction, because a language model may be asked. */
export interface Plan {
  readonly understood: Understood | {
    readonly intent: Intent;
    readonly confidence: 1;
    readonly source: "slot";
  };
  readonly act: { readonly action: Action; readonly slots: Slots } | null;
  readonly asks: Pending | null;
  readonly says: string;
}

/** What is to be done, asked or said in answer to a text. */
export async function planOf(
  ctx: Ctx,
  { given, session, locale }: { given: Heard; session: SessionRow | null; locale: Locale },
): Promise<Plan> {
  const known = given.context?.["contact_id"];
  const speech: Speech = {
    text: given.text,
    locale,
    zone: given.zone,
    now: ctx.now(),
    contactId: typeof known === "string" && known !== "" ? known : undefined,
  };
  const pending = pendingOf(session?.pending ?? null);
  const assent = pending?.slot === "confirmed" ? assentIn(given.text) : null;
  if (pending !== null && assent !== null && !(await isOtherTime(pending, { assent, ...speech }))) {
    return decided(pending, { assent, ...speech });
  }
  const understood = asOrdered(await given.hear(), { text: given.text, pending });
  const sure = understood.confidence >= SURE;
  if (pending !== null && sure && callsOff(understood, pending)) {
    return { understood, act: null, asks: null, says: SAID.cancelled[locale] };
  }
  if (pending !== null && !turnsAway(understood, pending)) {
    const same = sure && understood.intent === pending.action;
    const besides = await besidesOf(pending, { same, ...speech });
    const answer = await answerTo(pending.slot, speech);
    if (pending.slot === "which" && answer.which === undefined && given.context?.["visit_id"] === undefined) {
      return { understood, act: null, asks: pending, says: QUESTIONS.which[locale] };
    }
    const { action } = pending;
    const again = same && (namesDeed(given.text) || besides.message !== undefined);
    const confirmed = confirmedBy(pending, { again, ...speech });
    const slots = merged(pending.slots, { ...besides, ...answer, ...confirmed });
    return next(filledIn(action), { action, slots, ...speech });
  }
  if (sure && isAction(understood.intent)) {
    const action = understood.intent;
    const doubt = doubtIn(action, given.text);
    const order = doubt.confirmed === false && isOfUndoing(action) ? orderIn(given.text) : given.text;
    const slots = { ...await slotsIn(action, { ...speech, text: order }), ...doubt };
    return next(understood, { action, slots, ...speech });
  }
  const words = sure && !isAction(understood.intent) ? understood.intent : "none";
  const says = words === "cancel" ? SAID.nothing_pending : SAID[words];
  return { understood, act: null, asks: pending, says: says[locale] };
}

const filledIn = (intent: Intent) => ({ intent, confidence: 1, source: "slot" }) as const;

/** A yes or a no to whether it is to be done now. */
function decided({ action, slots }: Pending, { assent, ...speech }: Speech & { assent: boolean }): Plan {
  if (assent) return next(filledIn(action), { action, slots: { ...slots, confirmed: true }, ...speech });
  return { understood: filledIn("cancel"), act: null, asks: null, says: SAID.cancelled[speech.locale] };
}

/** "No, rather on Monday" is no end of moving a visit. */
async function isOtherTime({ action }: Pending, { assent, ...speech }: Speech & { assent: boolean }) {
  return !assent && action === "reschedule_visit" && await whenIn(speech.text, speech) !== null;
}

/** What an answer says beside what was asked. Which visit is meant says nothing of the time that it is to have. */
async function besidesOf(
  { action, slot }: Pending,
  { same, ...speech }: Speech & { same: boolean },
): Promise<Slots> {
  if (slot === "which") return {};
  const only = slot === "confirmed" && action !== "reschedule_visit" && !same;
  return only ? {} : await slotsIn(action, speech);
}

/** A plain order in place of a yes is one; a doubt about what was ordered plainly asks for one. */
function confirmedBy(
  { action, slot }: Pending,
  { again, text }: { again: boolean; text: string },
): Slots {
  if (action === "send_notification" && slot !== "confirmed") return {};
  const doubt = doubtIn(action, text);
  return slot === "confirmed" && again && doubt.confirmed === undefined ? { confirmed: true } : doubt;
}

/** What is about the time of a visit that has none yet, or is to have another. */
const ARRANGING: ReadonlySet<string> = new Set<Action>(["schedule_visit", "reschedule_visit"]);

/** "Cancel the visit" calls off the arranging of one: it is not made or moved yet. */
function callsOff({ intent }: Understood, { action, slot }: Pending): boolean {
  // "Cancel!" in answer to whether a visit is to be cancelled may mean either.
  if (intent === "cancel") return slot !== "confirmed" || action !== "cancel_visit";
  return intent === "cancel_visit" && ARRANGING.has(action);
}

/** Something else is clearly wanted in place of an answer; "rather on Friday" is one. */
function turnsAway({ intent, confidence }: Understood, { action }: Pending): boolean {
  if (ARRANGING.has(intent) && ARRANGING.has(action)) return false;
  return isAction(intent) && intent !== action && confidence >= 0.9;
}

function next(
  understood: Plan["understood"],
  { action, slots, locale, zone }: Pick<Speech, "locale" | "zone"> & { action: Action; slots: Slots },
): Plan {
  const slot = missing(action, slots);
  if (slot === null) return { understood, act: { action, slots }, asks: null, says: "" };
  const says = slot === "confirmed"
    ? CONFIRMATIONS[action]?.(locale, aboutOf(slots, { locale, zone })) ?? ""
    : QUESTIONS[questionFor(slot, slots)]?.[locale] ?? "";
  return { understood, act: null, asks: { action, slots, slot }, says };
}

/** What is to be said yes to: the new time of a visit, or what somebody is to be told. */
function aboutOf({ when, message = "" }: Slots, around: Pick<Speech, "locale" | "zone">): string {
  return when === undefined ? message : spoken(instantOfWhen(when, around.zone), around);
}
