import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import type { PasswordHasher } from "../../ports/passwords.ts";

export interface ScryptOptions {
  /** log2 of scrypt's N. Default 15: 32 MiB and some 80 ms a hash (RFC 7914; OWASP Password Storage). */
  readonly logN?: number;
  /** Says when a hash may run. */
  readonly pass: <T>(work: () => Promise<T>) => Promise<T>;
  /** Opens the hashes of earlier systems. */
  readonly bcrypt: (password: string, hash: string) => Promise<boolean>;
}

interface Parameters {
  readonly logN: number;
  readonly r: number;
  readonly p: number;
}

const BCRYPT = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/;
const SALT_BYTES = 16;
const HASH_BYTES = 32;
/** A stored hash may name its cost, but not one that would take the machine down. */
const MAX_COST = { logN: 20, r: 16, p: 4 };
const PHC =
  /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{8,128})\$([A-Za-z0-9+/]{22,128})$/;

/** PHC strings `$scrypt$ln=15,r=8,p=1$salt$hash` by the runtime's own scrypt, wherever there is `node:crypto`. */
export function createScrypt({ logN = 15, pass, bcrypt }: ScryptOptions): PasswordHasher {
  const cost: Parameters = { logN, r: 8, p: 1 };

  return {
    hash(password) {
      return pass(async () => {
        const salt = randomBytes(SALT_BYTES);
        return format(cost, salt, await derive(password, { salt, cost, length: HASH_BYTES }));
      });
    },
    verify(password, hash) {
      if (isBcrypt(hash)) {
        return pass(async () => {
          const ok = await bcrypt(password, hash);
          return { ok, rehash: ok };
        });
      }
      const stored = parse(hash);
      if (stored === null) return Promise.resolve({ ok: false, rehash: false });
      return pass(async () => {
        const derived = await derive(password, { ...stored, length: stored.hash.length });
        const ok = timingSafeEqual(derived, stored.hash);
        return { ok, rehash: ok && weaker(stored.cost, cost) };
      });
    },
  };
}

function derive(
  password: string,
  { salt, cost, length }: { salt: Uint8Array; cost: Parameters; length: number },
): Promise<Uint8Array> {
  const N = 2 ** cost.logN;
  const settings = { N, r: cost.r, p: cost.p, maxmem: 256 * N * cost.r + 1024 * 1024 };
  return new Promise((resolve, reject) => {
    // The same password may be typed as composed or decomposed letters (NIST SP 800-63B, 5.1.1.2).
    scrypt(
      password.normalize("NFKC"),
      salt,
      length,
      settings,
      (error, key) => error ? reject(error) : resolve(key),
    );
  });
}

function weaker(stored: Parameters, wanted: Parameters): boolean {
  return stored.logN < wanted.logN || stored.r < wanted.r || stored.p < wanted.p;
}

function format({ logN, r, p }: Parameters, salt: Uint8Array, hash: Uint8Array): string {
  return `$scrypt$ln=${logN},r=${r},p=${p}$${encode(salt)}$${encode(hash)}`;
}

function parse(text: string): { cost: Parameters; salt: Uint8Array; hash: Uint8Array } | null {
  const match = PHC.exec(text);
  if (match === null) return null;
  const [logN = 0, r = 0, p = 0] = match.slice(1, 4).map(Number);
  if (logN < 1 || r < 1 || p < 1 || logN > MAX_COST.logN || r > MAX_COST.r || p > MAX_COST.p) return null;
  try {
    return { cost: { logN, r, p }, salt: decode(match[4] ?? ""), hash: decode(match[5] ?? "") };
  } catch {
    return null;
  }
}

function encode(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replaceAll("=", "");
}

function decode(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
}

/** True for hashes of earlier systems: `$2a$`, `$2b$`, `$2y$`. */
function isBcrypt(hash: string): boolean {
  return BCRYPT.test(hash);
}

/** The cost that a bcrypt hash names; 99 for what is none. */
export function bcryptCostOf(hash: string): number {
  return Number(BCRYPT.exec(hash)?.[1] ?? 99);
}
