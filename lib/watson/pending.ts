import type { AppError } from "../kernel/errors.ts";
import { type Action, isAction } from "./intents.ts";
import type { Slot, Slots } from "./slots.ts";

/** An action that waits for a value that was asked for. */
export interface Pending {
  readonly action: Action;
  readonly slots: Slots;
  /** What was asked. */
  readonly slot: Slot;
}

/**
 * What is refused for one value alone is asked for again, the rest is kept: another hour of that day, another number.
 * null: nothing else would help.
 */
export function askedAgain(
  { action, slots }: Pick<Pending, "action" | "slots">,
  { code, errors, extra }: AppError,
): Pending | null {
  const named = (path: string) => errors.some((error) => error.path === path);
  const { when, recipient: _, reference: __, ...others } = slots;
  if (extra["reason"] === "several_visits") return { action, slots, slot: "which" };
  if (
    (action === "schedule_visit" || action === "reschedule_visit") &&
    (code === "conflict" || named("starts_at"))
  ) {
    const day = when === undefined || extra["free_slots"] === undefined
      ? {}
      : { when: { ...when, minutes: null } };
    return { action, slots: { ...others, ...day }, slot: "when" };
  }
  if (action === "send_notification" && named("recipient")) {
    return { action, slots: others, slot: "recipient" };
  }
  if (action === "query_status" && code === "not_found") return { action, slots: others, slot: "reference" };
  return null;
}

/** What a session's row holds; null for what a later version no longer understands. */
export function pendingOf(stored: Record<string, unknown> | null): Pending | null {
  if (stored === null) return null;
  const { action, slots, slot } = stored;
  if (typeof action !== "string" || !isAction(action) || typeof slot !== "string") return null;
  return typeof slots === "object" && slots !== null ? { action, slots, slot: slot as Slot } : null;
}
