import { signToken, VISITOR_TTL_MS } from "./tokens.ts";
import type { Place } from "./authenticate.ts";

export interface Visitor {
  readonly contactId: string;
  readonly channelAccountId: string;
  readonly workspaceId: string;
}

/** A token for an anonymous customer in the web chat: 30 days, for this contact on this channel and nothing else. */
export async function issueVisitorToken(
  place: Place,
  visitor: Visitor,
): Promise<{ token: string; expiresAt: number }> {
  const now = place.ports.clock.now();
  const claims = { kind: "visitor", ...visitor } as const;
  const token = await signToken(place.config, { claims, now, ttlMs: VISITOR_TTL_MS });
  return { token, expiresAt: now + VISITOR_TTL_MS };
}
