import { AppError } from "../kernel/errors.ts";
import type { Actor } from "../kernel/actors.ts";

/** How many streams may be open at once, by kind of actor, and of all of them in one process. */
export const STREAM_LIMITS = { visitor: 5, user: 20, api_key: 20, visitors: 4500, total: 5000 } as const;

/** Counts the open streams of a process. */
export interface StreamSlots {
  /** Takes one for the actor and returns its release, which may be called twice. Throws 429, or 503 when full. */
  take(actor: Actor): () => void;
  readonly open: number;
}

export function createStreamSlots(): StreamSlots {
  const byActor = new Map<string, number>();
  let open = 0;
  let visitors = 0;
  return {
    get open() {
      return open;
    },
    take(actor) {
      const limit = actor.kind === "visitor" || actor.kind === "api_key"
        ? STREAM_LIMITS[actor.kind]
        : STREAM_LIMITS.user;
      const held = byActor.get(actor.id) ?? 0;
      if (held >= limit) {
        throw new AppError(
          "rate_limited",
          `No more than ${limit} live streams at once; close another first`,
          {
            retryAfterMs: 5000,
            extra: { limit, policy: "live_streams" },
          },
        );
      }
      // Anybody can be many visitors: some places stay with those who work here.
      const visits = actor.kind === "visitor" ? 1 : 0;
      if (open >= STREAM_LIMITS.total || visitors + visits > STREAM_LIMITS.visitors) {
        throw new AppError("busy", "Too many live streams are open", { retryAfterMs: 5000 });
      }
      byActor.set(actor.id, held + 1);
      open++;
      visitors += visits;
      let released = false;
      return () => {
        if (released) return;
        released = true;
        open--;
        visitors -= visits;
        const left = (byActor.get(actor.id) ?? 1) - 1;
        if (left === 0) byActor.delete(actor.id);
        else byActor.set(actor.id, left);
      };
    },
  };
}
