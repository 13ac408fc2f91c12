import { AppError } from "./errors.ts";
import type { Role, Scope } from "./scopes.ts";
import { ALL_SCOPES } from "./scopes.ts";

interface ActorBase {
  /** The id that audit rows and events carry. */
  readonly id: string;
  readonly scopes: ReadonlySet<Scope>;
}

/** Who acts. A verb sees the actor, never the surface that it came through. */
export type Actor =
  | ActorBase & {
    readonly kind: "user";
    readonly role: Role;
    readonly sessionId: string | null;
    readonly platformAdmin: boolean;
  }
  | ActorBase & { readonly kind: "api_key"; readonly ownerId: string }
  /** A customer in the web chat: `id` is the contact. */
  | ActorBase & { readonly kind: "visitor"; readonly channelAccountId: string }
  | ActorBase & { readonly kind: "system" }
  | ActorBase & { readonly kind: "anonymous" };

const NO_SCOPES: ReadonlySet<Scope> = new Set();

/** Nobody in particular: public routes. */
export const ANONYMOUS: Actor = { kind: "anonymous", id: "anonymous", scopes: NO_SCOPES };

/** Cauce itself; `name` says which part, such as `jobs` or `cli`. */
export function systemActor(name: string): Actor {
  return { kind: "system", id: `system:${name}`, scopes: ALL_SCOPES };
}

/** Throws 403 unless the actor holds the scope. The first line of every verb. */
export function requireScope(ctx: { readonly actor: Actor }, scope: Scope): void {
  if (ctx.actor.scopes.has(scope)) return;
  if (ctx.actor.kind === "anonymous") {
    throw new AppError("unauthorized", "Sign in, or send an API key, to do this");
  }
  throw new AppError("forbidden", `This needs the scope "${scope}"`, { extra: { required_scope: scope } });
}

/** Throws 401 for the anonymous actor. */
export function requireSignedIn(ctx: { readonly actor: Actor }): void {
  if (ctx.actor.kind === "anonymous") {
    throw new AppError("unauthorized", "Sign in, or send an API key, to do this");
  }
}
