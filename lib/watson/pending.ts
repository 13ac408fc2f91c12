import { type Action, isAction } from "./intents.ts";
import type { Slot, Slots } from "./slots.ts";

/** An action that waits for a value that was asked for. */
export interface Pending {
  readonly action: Action;
  readonly slots: Slots;
  /** What was asked. */
  readonly slot: Slot;
}

/** What a session's row holds; null for what a later version no longer understands. */
export function pendingOf(stored: Record<string, unknown> | null): Pending | null {
  if (stored === null) return null;
  const { action, slots, slot } = stored;
  if (typeof action !== "string" || !isAction(action) || typeof slot !== "string") return null;
  return typeof slots === "object" && slots !== null ? { action, slots, slot: slot as Slot } : null;
}
