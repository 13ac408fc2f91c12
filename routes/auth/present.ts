import type { z } from "@hono/zod-openapi";
import type { Profile, SignedIn, Tokens } from "../../lib/identity/mod.ts";
import { iso, isoOrNull } from "../../lib/kernel/clock.ts";
import type { Scope } from "../../lib/kernel/scopes.ts";
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

const lists = new WeakMap<ReadonlySet<Scope>, string[]>();

/** Roles share their sets, so a list is made once a role. */
function listOf(scopes: ReadonlySet<Scope>): string[] {
  let list = lists.get(scopes);
  if (list === undefined) lists.set(scopes, list = [...scopes].sort());
  return list;
}

export function toProfileDto(profile: Profile): z.output<typeof profileSchema> {
  return { ...toUserDto(profile), workspace: profile.workspace, scopes: listOf(profile.scopes) };
}

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
