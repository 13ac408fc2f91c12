import { errors, jwtVerify, SignJWT } from "jose";
import type { Config } from "../config.ts";
import { DAY } from "../kernel/clock.ts";
import { AppError } from "../kernel/errors.ts";
import { newSecret } from "../kernel/ids.ts";
import { deriveSecret, isDerived, keysOf } from "./keys.ts";

const ISSUER = "cauce";
export const VISITOR_TTL_MS = 30 * DAY;

/** What an access token says. Times are UTC milliseconds. */
export type Claims =
  | {
    readonly kind: "user";
    readonly userId: string;
    readonly sessionId: string;
    readonly workspaceId: string | null;
    readonly epoch: number;
    readonly expiresAt: number;
  }
  | {
    readonly kind: "visitor";
    readonly contactId: string;
    readonly channelAccountId: string;
    readonly workspaceId: string;
    readonly expiresAt: number;
  };

type NewClaims = Claims extends infer C ? C extends Claims ? Omit<C, "expiresAt"> : never : never;

/** A JWT (RFC 7519, HS256) of the first secret; `kid` says which that was. */
export async function signToken(
  config: Config,
  { claims, now, ttlMs }: { claims: NewClaims; now: number; ttlMs: number },
): Promise<string> {
  const { first } = await keysOf(config);
  const payload = claims.kind === "user"
    ? { sid: claims.sessionId, wsp: claims.workspaceId, ep: claims.epoch }
    : { cha: claims.channelAccountId, wsp: claims.workspaceId };
  return await new SignJWT({ ...payload, jti: newSecret(9) })
    .setProtectedHeader({ alg: "HS256", kid: first.kid })
    .setIssuer(ISSUER)
    .setAudience(claims.kind)
    .setSubject(claims.kind === "user" ? claims.userId : claims.contactId)
    .setIssuedAt(Math.floor(now / 1000))
    .setExpirationTime(Math.floor((now + ttlMs) / 1000))
    .sign(first.jwt);
}

/** Throws `token_expired`, or `unauthorized` for whatever else is wrong with it. */
export async function verifyToken(config: Config, token: string, now: number): Promise<Claims> {
  const { byKid } = await keysOf(config);
  try {
    const { payload } = await jwtVerify(token, ({ kid }) => {
      const key = kid === undefined ? undefined : byKid.get(kid);
      if (key === undefined) throw new errors.JWKSNoMatchingKey();
      return key.jwt;
    }, { algorithms: ["HS256"], issuer: ISSUER, requiredClaims: ["sub", "exp"], currentDate: new Date(now) });
    const claims = toClaims(payload);
    if (claims !== null) return claims;
  } catch (thrown) {
    if (thrown instanceof errors.JWTExpired) {
      throw new AppError("token_expired", "The access token has expired: refresh it");
    }
    if (!(thrown instanceof errors.JOSEError)) throw thrown;
  }
  throw new AppError("unauthorized", "The access token is not valid");
}

function toClaims(payload: Readonly<Record<string, unknown>>): Claims | null {
  const { aud, sub, exp, sid, wsp, ep, cha } = payload;
  if (typeof sub !== "string" || typeof exp !== "number") return null;
  const workspaceId = typeof wsp === "string" ? wsp : null;
  const expiresAt = exp * 1000;
  if (aud === "user" && typeof sid === "string" && typeof ep === "number") {
    return { kind: "user", userId: sub, sessionId: sid, workspaceId, epoch: ep, expiresAt };
  }
  if (aud === "visitor" && typeof cha === "string" && workspaceId !== null) {
    return { kind: "visitor", contactId: sub, channelAccountId: cha, workspaceId, expiresAt };
  }
  return null;
}

interface RefreshOf {
  readonly id: string;
  readonly seed: string;
  readonly rotation: number;
}

/** The refresh token of a session at one rotation. It is derived, so the same rotation always has the same token. */
export async function refreshTokenOf(config: Config, { id, seed, rotation }: RefreshOf): Promise<string> {
  return `crt.${id}.${rotation}.${await deriveSecret(config, "refresh", [id, seed, rotation])}`;
}

export interface RefreshParts {
  readonly sessionId: string;
  readonly rotation: number;
  readonly proof: string;
}

export function parseRefreshToken(token: string): RefreshParts | null {
  const match = /^crt\.(ses_[0-9a-z]{26})\.(\d{1,9})\.([A-Za-z0-9_-]{43})$/.exec(token);
  const [, sessionId, rotation, proof] = match ?? [];
  if (sessionId === undefined || rotation === undefined || proof === undefined) return null;
  return { sessionId, rotation: Number(rotation), proof };
}

/** True when we made this token for this session, whenever that was. */
export async function isRefreshTokenOf(config: Config, parts: RefreshParts, seed: string): Promise<boolean> {
  const { sessionId, rotation, proof } = parts;
  return await isDerived(config, { purpose: "refresh", parts: [sessionId, seed, rotation], given: proof });
}

/**
 * True for a JWT that somebody else signed with a secret that we share (HS256 over the secret's own bytes). No claims
 * are demanded; one that says that it has expired is refused.
 */
export async function isSignedBy(
  secret: string,
  { token, now }: { token: string; now: number },
): Promise<boolean> {
  if (token.split(".").length !== 3) return false;
  try {
    await jwtVerify(token, new TextEncoder().encode(secret), {
      algorithms: ["HS256"],
      currentDate: new Date(now),
      clockTolerance: 60,
    });
    return true;
  } catch {
    return false;
  }
}
