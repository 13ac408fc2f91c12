import type { Actor } from "../kernel/actors.ts";
import { MINUTE, SECOND } from "../kernel/clock.ts";
import type { Ports } from "../ports/mod.ts";

/** Who a credential stands for, and the workspace that it acts in. */
export interface Authenticated {
  readonly actor: Actor;
  readonly workspaceId: string | null;
}

const MAX_ENTRIES = 20_000;
const MAX_AGE_MS = MINUTE;
/** How long an entry is believed after another process has written to the database. */
const FOREIGN_AGE_MS = SECOND;

/** Whose credentials ended or changed. */
export type Subject = { readonly userId: string } | { readonly keyId: string };

interface Entry {
  readonly who: Authenticated;
  readonly userId: string | null;
  readonly keyId: string | null;
  readonly until: number;
  readonly verifiedAt: number;
  /** The count of foreign commits when it was verified. */
  readonly foreign: number;
}

/** What a verification found: `expiresAt` is the credential's own end. */
export interface Verification {
  readonly who: Authenticated;
  readonly userId: string | null;
  readonly expiresAt: number | null;
}

/**
 * Credentials that were verified within the last minute, so that a request costs one look into a map. Whatever
 * ends or changes a credential in this process forgets it at once; a change by another process is seen within a
 * second of its commit.
 */
export class Verified {
  /** Keys used since the last flush, with when. */
  keyUse = new Map<string, number>();
  #entries = new Map<string, Entry>();
  #foreign = 0;
  #generation = 0;
  /** Nobody tells of commits that others make there, so any time may be one. */
  readonly #untold: boolean;
  readonly #listeners = new Set<(subject: Subject) => void>();

  constructor(ports: Ports) {
    this.#untold = ports.database.kind === "remote";
    ports.database.onForeignCommit(() => void this.#foreign++);
  }

  get(credential: string, now: number): Authenticated | undefined {
    const entry = this.#entries.get(credential);
    if (entry === undefined) return undefined;
    const maybeForeign = this.#untold || entry.foreign !== this.#foreign;
    const stale = maybeForeign && now - entry.verifiedAt >= FOREIGN_AGE_MS;
    if (now >= entry.until || stale) {
      this.#entries.delete(credential);
      return undefined;
    }
    if (entry.keyId !== null) this.keyUse.set(entry.keyId, now);
    return entry.who;
  }

  /** Taken before a verification reads, and given to `set`: what was revoked meanwhile is not kept. */
  begin(): { readonly generation: number; readonly foreign: number } {
    return { generation: this.#generation, foreign: this.#foreign };
  }

  set(
    credential: string,
    found: Verification,
    at: { begun: ReturnType<Verified["begin"]>; now: number },
  ): void {
    const { who, userId, expiresAt } = found;
    const keyId = who.actor.kind === "api_key" ? who.actor.id : null;
    if (keyId !== null) this.keyUse.set(keyId, at.now);
    if (at.begun.generation !== this.#generation) return;
    if (this.#entries.size >= MAX_ENTRIES) this.#dropOldest();
    const until = Math.min(expiresAt ?? Infinity, at.now + MAX_AGE_MS);
    this.#entries.set(credential, {
      who,
      userId,
      keyId,
      until,
      verifiedAt: at.now,
      foreign: at.begun.foreign,
    });
  }

  /** Forgets what was verified for a user (all of the user's sessions and API keys) or for one key. */
  forget(subject: Subject): void {
    this.#generation++;
    for (const listener of [...this.#listeners]) listener(subject);
    for (const [credential, entry] of this.#entries) {
      const match = "userId" in subject ? entry.userId === subject.userId : entry.keyId === subject.keyId;
      if (match) this.#entries.delete(credential);
    }
  }

  /** Told of whomever this process forgets. Returns the unsubscriber. */
  onForget(listener: (subject: Subject) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Changes whenever another process may have ended or changed a credential. */
  get foreignMark(): unknown {
    return this.#untold ? {} : this.#foreign;
  }

  get size(): number {
    return this.#entries.size;
  }

  #dropOldest(): void {
    for (const oldest of this.#entries.keys()) {
      this.#entries.delete(oldest);
      return;
    }
  }
}

const perDatabase = new WeakMap<object, Verified>();

export function verifiedOf(ports: Ports): Verified {
  let verified = perDatabase.get(ports.database);
  if (verified === undefined) perDatabase.set(ports.database, verified = new Verified(ports));
  return verified;
}
