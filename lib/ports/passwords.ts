/** Password hashing off the event loop. Hashes name their algorithm and cost, so they can be raised later. */
export interface PasswordHasher {
  hash(password: string): Promise<string>;
  /** `rehash` is true when the hash is right but of an older kind or cost. */
  verify(password: string, hash: string): Promise<{ readonly ok: boolean; readonly rehash: boolean }>;
}
