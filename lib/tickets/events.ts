import type { TicketDiff } from "./store.ts";
import type { CommentView, TicketView } from "./present.ts";

/**
 * What tickets put into the event log (`type` and `data`); `subjectId` is the ticket. They carry no conversation, so
 * that no visitor's stream sees them. `deed`: the parts of a macro, of a bulk change or of what a rule does have the same.
 */
export interface TicketEvents {
  "ticket.opened": { ticket: TicketView };
  /** It has another state; `reason` where nobody asked for it by name, such as `customer_replied`. */
  "ticket.state_changed": {
    ticket: TicketView;
    from: string;
    to: string;
    reason: string | null;
    by: string;
    /** The comment that it came with. */
    comment_id: string | null;
    deed?: string;
  };
  /** Somebody else has it, or nobody, or another team. `decision` says why (GET .../assignment explains it). */
  "ticket.assigned": {
    ticket: TicketView;
    from: string | null;
    from_team: string | null;
    decision: string | null;
    by: string;
    comment_id: string | null;
    deed?: string;
  };
  /** Fields other than state and assignee; values before and after by the field's name. */
  "ticket.changed": { ticket: TicketView; changes: TicketDiff };
  /** `from`: the state before it; `opening`: the ticket was opened with it. */
  "ticket.commented": {
    ticket: TicketView;
    comment: CommentView;
    from: string;
    opening: boolean;
    deed?: string;
  };
}

export type TicketEventType = keyof TicketEvents;
