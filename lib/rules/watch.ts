import type { LiveEvent } from "../ports/live.ts";
import { type Mark, MARKS } from "./catalogue.ts";
import { recordIn } from "./facts.ts";
import type { Watch } from "./store-watches.ts";

/** Since when a ticket is as it is after an event; null: the event says nothing of it. */
export function watchAfter(before: Watch | undefined, event: LiveEvent): Watch | null {
  const ticket = recordIn(event.data, "ticket");
  if (ticket === null || !event.type.startsWith("ticket.")) return null;
  const { subjectId: ticketId, at } = event;
  const state = String(ticket["state"]);
  const watch = before ?? {
    ticketId,
    openedAt: Date.parse(String(ticket["created_at"])) || at,
    state,
    stateSince: at,
    customerWaitsSince: at,
    customerSilentSince: null,
    seenSeq: event.seq,
  };
  const moved = watch.state === state ? watch : { ...watch, state, stateSince: at };
  return { ...moved, ...wordsAfter(moved, event), seenSeq: event.seq };
}

/** Whose word it is after a public comment. */
function wordsAfter(watch: Watch, { type, data, at }: LiveEvent): Partial<Watch> {
  const comment = type === "ticket.commented" ? recordIn(data, "comment") : null;
  if (comment?.["visibility"] !== "public") return {};
  return comment["author"] === "customer"
    ? { customerWaitsSince: watch.customerWaitsSince ?? at, customerSilentSince: null }
    : comment["author"] === "operator"
    ? { customerWaitsSince: null, customerSilentSince: at }
    : {};
}

/** Since when a mark holds; null: it does not. */
export function since(standing: Pick<Watch, typeof MARKS[Mark]>, mark: Mark): number | null {
  return standing[MARKS[mark]];
}

/** The marks that an event set anew. */
export function marksSet(before: Watch | undefined, after: Watch): { mark: Mark; at: number }[] {
  const names = Object.keys(MARKS) as Mark[];
  return names.flatMap((mark) => {
    const at = since(after, mark);
    return at === null || (before !== undefined && since(before, mark) === at) ? [] : [{ mark, at }];
  });
}
