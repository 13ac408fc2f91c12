import type { Ctx, Tx } from "../context.ts";
import { newId, newSecret } from "../kernel/ids.ts";
import { cleanText } from "../kernel/text.ts";
import { type Profile, readProfile } from "./me.ts";
import { insertSession } from "./store-sessions.ts";
import { refreshTokenOf, signToken } from "./tokens.ts";

/** What a client keeps after signing in. */
export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  /** Of the access token, in milliseconds. */
  readonly expiresInMs: number;
}

export interface SignedIn {
  readonly tokens: Tokens;
  readonly profile: Profile;
}

export interface StartedSession {
  readonly id: string;
  readonly userId: string;
  readonly workspaceId: string | null;
  readonly seed: string;
  readonly rotation: number;
}

/** Writes the row of a new session in the caller's transaction. */
export async function startSession(
  tx: Tx,
  { userId, workspaceId, userAgent }: {
    userId: string;
    workspaceId: string | null;
    userAgent: string | null;
  },
): Promise<StartedSession> {
  const now = tx.now();
  const session = { id: newId("session"), userId, workspaceId, seed: newSecret(), rotation: 0 };
  await insertSession(tx, {
    ...session,
    rotatedAt: [],
    userAgent: userAgent === null ? null : cleanText(userAgent).slice(0, 300),
    address: tx.address,
    createdAt: now,
    lastUsedAt: now,
    expiresAt: now + tx.config.identity.refreshTokenTtlMs,
  });
  return session;
}

/** The tokens of a committed session. */
export async function tokensOf(
  ctx: Ctx,
  { session, epoch }: { session: StartedSession; epoch: number },
): Promise<Tokens> {
  const { config } = ctx;
  const expiresInMs = config.identity.accessTokenTtlMs;
  const { id: sessionId, userId, workspaceId } = session;
  const claims = { kind: "user", userId, sessionId, workspaceId, epoch } as const;
  const [accessToken, refreshToken] = await Promise.all([
    signToken(config, { claims, now: ctx.now(), ttlMs: expiresInMs }),
    refreshTokenOf(config, session),
  ]);
  return { accessToken, refreshToken, expiresInMs };
}

export async function signedIn(ctx: Ctx, at: { session: StartedSession; epoch: number }): Promise<SignedIn> {
  const { userId, workspaceId } = at.session;
  const [tokens, profile] = await Promise.all([tokensOf(ctx, at), readProfile(ctx, { userId, workspaceId })]);
  return { tokens, profile };
}
