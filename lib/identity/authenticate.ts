import type { Config } from "../config.ts";
import { ANONYMOUS } from "../kernel/actors.ts";
import { AppError, notFound } from "../kernel/errors.ts";
import { sha256Hex } from "../kernel/text.ts";
import type { Ports } from "../ports/mod.ts";
import { type At, selectKeyByHash, selectKeyById } from "./store-keys.ts";
import { selectSession } from "./store-sessions.ts";
import { isRole, scopesOfKey, scopesOfUser, VISITOR_SCOPES } from "./policy.ts";
import { type Claims, verifyToken } from "./tokens.ts";
import { type Authenticated, type Verification, verifiedOf } from "./verified.ts";

export type { Authenticated } from "./verified.ts";

/** The headers that may carry a credential, as they came. */
export interface Credentials {
  /** `Bearer` with an access token or an API key. Wins over `apiKey`. */
  readonly authorization: string | null;
  /** `X-Api-Key`. */
  readonly apiKey: string | null;
  /** `X-Workspace-Id`: which of the user's workspaces to act in. */
  readonly workspace: string | null;
}

export interface Place {
  readonly ports: Ports;
  readonly config: Config;
}

const NOBODY: Authenticated = { actor: ANONYMOUS, workspaceId: null };
export const KEY_PREFIX = "cauce_";

/**
 * Who sends this. Nothing given is the anonymous actor. Throws `unauthorized`, `token_expired`, or `not_found` for
 * a workspace that the user is no member of. Answers at once, without a promise, what was verified within the
 * last minute and not revoked since.
 */
export function authenticate(place: Place, credentials: Credentials): Authenticated | Promise<Authenticated> {
  const text = credentials.authorization ?? credentials.apiKey;
  if (text === null) return NOBODY;
  const verified = verifiedOf(place.ports);
  // A header can't hold a line break, so no two pairs share a key.
  const cacheKey = credentials.workspace === null ? text : `${credentials.workspace}\n${text}`;
  const known = verified.get(cacheKey, place.ports.clock.now());
  return known ?? verify(place, { credentials, cacheKey });
}

async function verify(
  place: Place,
  { credentials, cacheKey }: { credentials: Credentials; cacheKey: string },
): Promise<Authenticated> {
  const verified = verifiedOf(place.ports);
  const begun = verified.begin();
  const token = credentials.authorization === null
    ? credentials.apiKey ?? ""
    : bearerOf(credentials.authorization);
  const { workspace } = credentials;
  const found = token.startsWith(KEY_PREFIX)
    ? await verifyKey(place, { key: token, workspace })
    : credentials.authorization === null
    ? refuse("This is not an API key")
    : await verifyClaims(place, {
      claims: await verifyToken(place.config, token, place.ports.clock.now()),
      workspace,
    });
  verified.set(cacheKey, found, { begun, now: place.ports.clock.now() });
  return found.who;
}

function bearerOf(authorization: string): string {
  const match = /^Bearer +(\S+) *$/i.exec(authorization);
  return match?.[1] ?? refuse('Authorization must be "Bearer" and a token');
}

async function verifyClaims(
  place: Place,
  { claims, workspace }: { claims: Claims; workspace: string | null },
): Promise<Verification> {
  if (claims.kind === "visitor") {
    if (workspace !== null && workspace !== claims.workspaceId) throw notFound("workspace", workspace);
    return { who: visitor(claims), userId: null, expiresAt: claims.expiresAt };
  }
  const { sessionId, epoch, expiresAt } = claims;
  const who = await userOf(place, { sessionId, epoch, workspaceId: workspace ?? claims.workspaceId });
  if (workspace !== null && who.workspaceId === null) throw notFound("workspace", workspace);
  return { who, userId: who.actor.id, expiresAt };
}

export function visitor(
  of: { contactId: string; channelAccountId: string; workspaceId: string },
): Authenticated {
  const { contactId: id, channelAccountId, workspaceId } = of;
  return { actor: { kind: "visitor", id, channelAccountId, scopes: VISITOR_SCOPES }, workspaceId };
}

/**
 * The user of a live session, with the role that the user has now. A user who is no member of the workspace (any
 * more) acts in none.
 */
export async function userOf(
  place: Place,
  { sessionId, epoch, workspaceId }: { sessionId: string; epoch: number | null; workspaceId: string | null },
): Promise<Authenticated> {
  const row = await selectSession(atOf(place), { sessionId, workspaceId });
  if (row === null || row.endedAt !== null) return refuse("The session has ended: sign in again");
  if (row.disabledAt !== null) return refuse("The account is disabled");
  if (row.expiresAt <= place.ports.clock.now()) {
    throw new AppError("token_expired", "The session has expired: sign in again");
  }
  if (epoch !== null && epoch < row.tokenEpoch) return refuse("The session has ended: sign in again");
  const role = isRole(row.role) ? row.role : null;
  const { userId: id, platformAdmin } = row;
  const scopes = scopesOfUser(role, platformAdmin);
  return {
    actor: { kind: "user", id, role: role ?? "member", sessionId, platformAdmin, scopes },
    workspaceId: role === null ? null : workspaceId,
  };
}

async function verifyKey(
  place: Place,
  { key, workspace }: { key: string; workspace: string | null },
): Promise<Verification> {
  const row = await selectKeyByHash(atOf(place), await sha256Hex(key));
  return keyVerification(place, { row, workspace });
}

/** The same for a key that is known by its id: a live ticket of that key. */
export async function keyOf(place: Place, keyId: string): Promise<Authenticated> {
  return keyVerification(place, { row: await selectKeyById(atOf(place), keyId), workspace: null }).who;
}

type KeyRow = Awaited<ReturnType<typeof selectKeyByHash>>;

function keyVerification(
  place: Place,
  { row, workspace }: { row: KeyRow; workspace: string | null },
): Verification {
  // One answer for a key that never was, was revoked, or whose owner left: nothing to learn by trying.
  if (row === null || row.revokedAt !== null || row.disabledAt !== null || !isRole(row.role)) {
    return refuse("The API key is not valid");
  }
  if (row.expiresAt !== null && row.expiresAt <= place.ports.clock.now()) {
    throw new AppError("token_expired", "The API key has expired");
  }
  if (workspace !== null && workspace !== row.workspaceId) throw notFound("workspace", workspace);
  const scopes = scopesOfKey(row.scopes, scopesOfUser(row.role, row.platformAdmin));
  const who: Authenticated = {
    actor: { kind: "api_key", id: row.id, ownerId: row.userId, scopes },
    workspaceId: row.workspaceId,
  };
  return { who, userId: row.userId, expiresAt: row.expiresAt };
}

function atOf({ ports }: Place): At {
  return { db: ports.database.db, ports };
}

function refuse(detail: string): never {
  throw new AppError("unauthorized", detail);
}
