import type { PasswordHasher } from "../../ports/passwords.ts";
import { verifyBcrypt } from "./bcrypt.ts";
import { createGate } from "./gate.ts";
import { createScrypt } from "./phc.ts";

export interface PasswordHasherOptions {
  /** log2 of scrypt's N. Default 15: 32 MiB and some 80 ms a hash (RFC 7914; OWASP Password Storage). */
  readonly logN?: number;
  /** Hashes at once. Default 2. */
  readonly parallel?: number;
  /** Callers that may wait for their turn; past it `busy`. Default 64. */
  readonly waiting?: number;
}

/** scrypt in the runtime's thread pool, and bcrypt of imported users in a thread of its own. */
export function createPasswordHasher(options: PasswordHasherOptions = {}): PasswordHasher {
  const { parallel = 2, waiting = 64, ...cost } = options;
  return createScrypt({ ...cost, pass: createGate({ parallel, waiting }), bcrypt: verifyBcrypt });
}
