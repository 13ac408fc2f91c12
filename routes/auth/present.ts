import type { z } from "@hono/zod-openapi";
import type { Profile, SignedIn, Tokens, WrittenProfile } from "../../lib/identity/mod.ts";
import { iso, isoOrNull } from "../../lib/kernel/clock.ts";
import type { Scope } from "../../lib/kernel/scopes.ts";
import { jsonText } from "../json-text.ts";
import type { profileSchema, signedInSchema, tokensSchema, userSchema } from "./schemas.ts";

export function toUserDto(profile: Profile): z.output<typeof userSchema> {
  const {
    id,
    email,
    username,
    name,
    locale,
    role,
    workspace,
    platformAdmin,
    disabledAt,
    createdAt,
    lastLoginAt,
  } = profile;
  return {
    id,
    email,
    username,
    name,
    locale,
    role,
    plan: workspace?.plan ?? null,
    platform_admin: platformAdmin,
    disabled: disabledAt !== null,
    created_at: iso(createdAt),
    last_login_at: isoOrNull(lastLoginAt),
  };
}

const sortedLists = new WeakMap<ReadonlySet<Scope>, { readonly list: string[]; readonly text: string }>();

/** Roles share their sets, so a list is made once a role. */
function sorted(scopes: ReadonlySet<Scope>): { readonly list: string[]; readonly text: string } {
  let known = sortedLists.get(scopes);
  if (known === undefined) {
    const list = [...scopes].sort();
    sortedLists.set(scopes, known = { list, text: JSON.stringify(list) });
  }
  return known;
}

export function toProfileDto(profile: Profile): z.output<typeof profileSchema> {
  return { ...toUserDto(profile), workspace: profile.workspace, scopes: sorted(profile.scopes).list };
}

/** The same of one that is JSON text for the most part. */
export function toProfileText(profile: WrittenProfile): z.output<typeof profileSchema> {
  const { user, workspace, role, platformAdmin, disabledAt, createdAt, lastLoginAt, sample, scopes } =
    profile;
  const text = `${user.slice(0, -1)},"role":${quoted(role)},"platform_admin":${platformAdmin}` +
    `,"disabled":${disabledAt !== null},"created_at":"${iso(createdAt)}"` +
    `,"last_login_at":${quoted(isoOrNull(lastLoginAt))}` +
    `,"workspace":${workspace === null ? null : `${workspace.slice(0, -1)},"sample":${sample === true}}`}` +
    `,"scopes":${sorted(scopes).text}}`;
  return jsonText(text);
}

/** Of a text that needs no escapes. */
const quoted = (text: string | null) => text === null ? "null" : `"${text}"`;

export function toTokensDto(tokens: Tokens): z.output<typeof tokensSchema> {
  return {
    access_token: tokens.accessToken,
    refresh_token: tokens.refreshToken,
    token_type: "bearer",
    expires_in: Math.floor(tokens.expiresInMs / 1000),
  };
}

export function toSignedInDto({ tokens, profile }: SignedIn): z.output<typeof signedInSchema> {
  return { ...toTokensDto(tokens), user: toUserDto(profile), workspace: profile.workspace };
}
