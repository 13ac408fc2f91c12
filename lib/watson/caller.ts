import type { Ctx } from "../context.ts";
import { authenticate, defaultWorkspaceId, isSignedBy } from "../identity/mod.ts";
import { type Actor, requireScope } from "../kernel/actors.ts";
import { AppError, notConfigured } from "../kernel/errors.ts";
import { MINUTE } from "../kernel/clock.ts";
import type { Scope } from "../kernel/scopes.ts";
import { sameSecret } from "../kernel/text.ts";
import type { RateLimitPolicy } from "../ports/rate-limit.ts";

/** What Watson may do in the first workspace: the five actions and what they need. */
const WATSON_SCOPES: ReadonlySet<Scope> = new Set<Scope>([
  "watson:use",
  "ai:use",
  "tickets:read",
  "tickets:write",
  "visits:read",
  "visits:write",
  "clients:read",
  "contacts:read",
  "contacts:write",
  "operators:read",
  "notifications:write",
  "reports:read",
  "reports:write",
  "conversations:read",
  "calls:read",
  "sla:read",
]);

const WATSON: Actor = { kind: "system", id: "watson", scopes: WATSON_SCOPES };
const SETTINGS = ["WATSON_API_KEY or WATSON_JWT_SECRET"] as const;

/** Wrong keys and signatures from one address. */
const REFUSED = { name: "watson.refused", limit: 60, windowMs: MINUTE } as const satisfies RateLimitPolicy;
const OWN_KEY = /^cauce_/;

/** The headers that may prove a caller, as they came. */
export interface Proof {
  readonly authorization: string | null;
  /** IBM's own sample of a signed webhook reads this one. */
  readonly authentication: string | null;
  readonly apiKey: string | null;
}

/**
 * Who calls: Watson by its key or a JWT signed with its secret, in the first workspace, or an API key of ours with
 * `watson:use`, in its own. Throws 401, 429 after many wrong tries, and 503 when nothing could ever be right.
 */
export async function watsonCaller(ctx: Ctx, proof: Proof): Promise<Ctx> {
  const found = await proved(ctx, proof);
  if (found !== null) {
    requireScope(found, "watson:use");
    return found;
  }
  const { apiKey, jwtSecret } = ctx.config.watson;
  if (apiKey === null && jwtSecret === null) throw notConfigured("Watson", SETTINGS);
  const { allowed, retryAfterMs } = await ctx.ports.limiter.take(REFUSED, ctx.address ?? "unknown");
  if (!allowed) {
    throw new AppError("rate_limited", "Too many calls with a wrong key or signature", { retryAfterMs });
  }
  throw new AppError(
    "bad_signature",
    "Neither the key nor a JWT signed with WATSON_JWT_SECRET came with this call",
  );
}

async function proved(ctx: Ctx, { authorization, authentication, apiKey }: Proof): Promise<Ctx | null> {
  const tokens = [apiKey, authorization, authentication].flatMap((header) =>
    header === null ? [] : [bare(header)]
  );
  const own = tokens.find((token) => OWN_KEY.test(token));
  if (own !== undefined) {
    const { actor, workspaceId } = await authenticate(ctx, {
      authorization: null,
      apiKey: own,
      workspace: null,
    });
    return ctx.as({ actor, workspaceId });
  }
  for (const token of tokens) {
    if (await isKey(ctx, token) || await isSigned(ctx, token)) {
      return ctx.as({ actor: WATSON, workspaceId: await defaultWorkspaceId(ctx) });
    }
  }
  return null;
}

const bare = (header: string) => header.replace(/^Bearer +/i, "").trim();

async function isKey(ctx: Ctx, token: string): Promise<boolean> {
  const { apiKey } = ctx.config.watson;
  return apiKey !== null && await sameSecret(apiKey, token);
}

async function isSigned(ctx: Ctx, token: string): Promise<boolean> {
  const { jwtSecret } = ctx.config.watson;
  return jwtSecret !== null && await isSignedBy(jwtSecret, { token, now: ctx.now() });
}
