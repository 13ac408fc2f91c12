/** A setting of an edge deployment and the account that it comes from. */
export interface EdgeSetting {
  readonly name: string;
  readonly from: string;
  /** Kept by the platform as a secret, never in a file. */
  readonly secret: boolean;
  readonly required: boolean;
}

const TURSO = "Turso (turso.tech): a database, its address and a token";
const REDIS = "Upstash Redis: the REST address and its token";
const QSTASH = "Upstash QStash: the token and both signing keys";
const OWN = "made by you: openssl rand -base64 32";
const PLATFORM = "Cloudflare Workers or Deno Deploy: the address under which it serves";

/** Everything that an edge deployment is given, by account. Other settings of `.env.example` may be added. */
export const EDGE_SETTINGS: readonly EdgeSetting[] = [
  { name: "PUBLIC_URL", from: PLATFORM, secret: false, required: true },
  { name: "DATABASE_URL", from: TURSO, secret: true, required: true },
  { name: "DATABASE_AUTH_TOKEN", from: TURSO, secret: true, required: true },
  { name: "JWT_SECRET", from: OWN, secret: true, required: true },
  { name: "ENCRYPTION_KEY", from: OWN, secret: true, required: true },
  { name: "QSTASH_TOKEN", from: QSTASH, secret: true, required: true },
  { name: "QSTASH_CURRENT_SIGNING_KEY", from: QSTASH, secret: true, required: true },
  { name: "QSTASH_NEXT_SIGNING_KEY", from: QSTASH, secret: true, required: true },
  { name: "UPSTASH_REDIS_REST_URL", from: REDIS, secret: true, required: false },
  { name: "UPSTASH_REDIS_REST_TOKEN", from: REDIS, secret: true, required: false },
];
