import type { PolicyName, Priority, TeamName } from "./plan.ts";

/** What was done, by the one who did it, in its order: all that the recounts look at. */
export type Entry =
  | {
    readonly what: "open";
    readonly minute: number;
    readonly ticket: string;
    readonly number: number;
    readonly priority: Priority;
    readonly policy: PolicyName;
    readonly team: TeamName;
    readonly skills: readonly string[];
    readonly locale: string | null;
    readonly subject: string;
    /** Where the customer reads mail; null: everything goes through the conversation. */
    readonly mail: string | null;
  }
  | {
    /** `customer` wrote in the conversation; `continue`: the wait ended without a word here. */
    readonly what: "respond" | "wait" | "customer" | "continue" | "resolve" | "reopen";
    readonly minute: number;
    readonly ticket: string;
    /** Whose doing it is: a user's id; null: the customer's. */
    readonly by: string | null;
  }
  | {
    readonly what: "priority";
    readonly minute: number;
    readonly ticket: string;
    readonly priority: Priority;
  }
  | { readonly what: "watch"; readonly minute: number; readonly ticket: string; readonly user: string }
  | {
    readonly what: "presence";
    readonly minute: number;
    readonly operator: string;
    readonly presence: "online" | "away" | "busy" | "offline";
  };

/** An operator as it was made, with the address at which it reads mail. */
export interface Hired {
  readonly id: string;
  readonly mail: string;
  readonly user: string;
  readonly teams: readonly TeamName[];
  readonly skills: readonly { readonly name: string; readonly level: number }[];
  readonly languages: readonly string[];
  readonly capacity: number;
}

/** What was done about visits, and what was answered. */
export type VisitEntry =
  | {
    readonly what: "ask" | "move";
    readonly minute: number;
    readonly visit: string;
    readonly operator: string;
    readonly start: number;
    readonly length: number;
    readonly outcome: "made" | "overlap" | "travel";
    /** The free times that were offered instead. */
    readonly slots: readonly number[];
  }
  | {
    readonly what: "confirm" | "cancel" | "check_in" | "check_out" | "no_show";
    readonly minute: number;
    readonly visit: string;
  };
