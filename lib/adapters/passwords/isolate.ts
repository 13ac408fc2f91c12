import type { PasswordHasher } from "../../ports/passwords.ts";
import { bcryptCostOf, createScrypt } from "./phc.ts";

/** Past it an isolate's time would be over before the hash is. */
const MAX_BCRYPT_COST = 12;

/**
 * scrypt where there are no threads. Nobody waits for another's turn: a request that is cut off while it holds one
 * would never give it back, and platforms run few requests in one isolate.
 */
export function createIsolateHasher(options: { readonly logN?: number } = {}): PasswordHasher {
  return createScrypt({
    ...options,
    pass: (work) => work(),
    bcrypt: async (password, hash) => {
      if (bcryptCostOf(hash) > MAX_BCRYPT_COST) return false;
      // Only for the first sign-in of who came with a hash from elsewhere: an isolate starts without it.
      const { compare } = await import("bcryptjs");
      return await compare(password, hash);
    },
  });
}
