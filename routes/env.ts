import type { Ctx } from "../lib/context.ts";
import type { UpgradeWebSocket } from "./live/upgrade.ts";

/** What an entry point hands to `fetch` beside the request. */
export interface Bindings {
  /** The peer's address, before any proxy header is looked at. */
  readonly remoteAddress?: string;
  /** Absent where the runtime has no WebSocket. */
  readonly upgrade?: UpgradeWebSocket;
  /** Aborted when the caller leaves, where the runtime ends an answer's stream without cancelling it. */
  readonly gone?: AbortSignal;
}

/** Hono's environment in every router. */
export interface AppEnv {
  Bindings: Bindings;
  Variables: {
    /** Set by the gate before any route runs. */
    ctx: Ctx;
    /** The code of the problem that was answered, for the log. */
    code: string | undefined;
  };
}
