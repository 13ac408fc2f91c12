import { actionList, type TicketAction } from "./action-schemas.ts";
import { placeholderProblem, placeholdersIn } from "./placeholders.ts";
import type { AskedText } from "./prepared.ts";

/** Actions whose comments may ask for what is known of the ticket: those of macros and of bulk changes. */
export const preparedActions = actionList.superRefine((actions, ctx) => {
  for (const [at, action] of actions.entries()) {
    const message = action.type === "comment" ? placeholderProblem(action.text) : null;
    if (message !== null) ctx.addIssue({ code: "custom", path: [at, "text"], message });
  }
});

/** What their texts ask for. */
export function askedByActions(actions: readonly TicketAction[]): AskedText[] {
  return actions.flatMap((action, at) =>
    action.type === "comment" ? [{ path: `actions.${at}.text`, names: placeholdersIn(action.text) }] : []
  );
}
