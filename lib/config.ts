import { type MailSettings, mailSettings } from "./config-mail.ts";
import { type MailInSettings, mailInSettings } from "./config-mail-in.ts";
import { type NotifySettings, notifySettings } from "./config-notify.ts";
import { type QstashSettings, qstashSettings } from "./config-qstash.ts";
import { type WatsonSettings, watsonSettings } from "./config-watson.ts";
import { graphSettings, type WhatsAppSettings, whatsAppSettings } from "./config-whatsapp.ts";
import { llmLimits, type LlmProviderConfig, llmSettings } from "./config-llm.ts";
import { type LlmProviderName, type Settings, settingsSchema } from "./config-schema.ts";

/** Names of earlier systems that are still understood, with a warning. */
const OLD_NAMES = {
  JWT_SECRET_KEY: "JWT_SECRET",
  SECRET_KEY: "JWT_SECRET",
  SMTP_PASSWORD: "SMTP_PASS",
  ENVIRONMENT: "CAUCE_ENV",
  NODE_ENV: "CAUCE_ENV",
} as const;

const ENVIRONMENT_WORDS: Readonly<Record<string, string>> = {
  dev: "development",
  local: "development",
  test: "development",
  prod: "production",
  staging: "production",
};

export interface Config {
  readonly env: "development" | "production";
  readonly server: {
    readonly port: number;
    readonly host: string;
    readonly publicUrl: string | null;
    readonly trustedProxies: readonly string[];
    readonly corsOrigins: readonly string[];
    readonly maxUploadBytes: number;
    readonly addressPerMinute: number;
    readonly actorPerMinute: number;
    readonly logLevel: Settings["LOG_LEVEL"];
  };
  readonly data: { readonly folder: string; readonly sample: boolean; readonly backupKeep: number };
  readonly database: { readonly kind: "file"; readonly path: string } | {
    readonly kind: "remote";
    readonly url: string;
    readonly authToken: string | null;
  };
  readonly redis: { readonly url: string } | { readonly restUrl: string; readonly restToken: string } | null;
  readonly s3: {
    readonly endpoint: string;
    readonly bucket: string;
    readonly region: string;
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
  } | null;
  readonly identity: {
    /** null: to be generated in development. The first signs, all verify. */
    readonly jwtSecrets: readonly string[] | null;
    readonly encryptionKeys: readonly string[] | null;
    readonly accessTokenTtlMs: number;
    readonly refreshTokenTtlMs: number;
    readonly adminEmail: string;
    readonly adminPassword: string | null;
  };
  readonly llm: {
    readonly providers: readonly LlmProviderConfig[];
    readonly chain: readonly { readonly provider: LlmProviderName; readonly model: string }[];
    readonly deadlineMs: number;
    readonly dailyCalls: number;
    readonly dailyTokens: number;
    readonly visitorDailyCalls: number;
  };
  readonly mail: MailSettings;
  /** Mail that comes in. */
  readonly mailIn: MailInSettings;
  /** Who carries notifications. */
  readonly notify: NotifySettings;
  /** Where the Graph API is; accounts added later use it too. */
  readonly graph: { readonly url: string; readonly version: string };
  /** The number that the environment connects; null: none. */
  readonly whatsapp: WhatsAppSettings | null;
  /** Calls back for each job; null: jobs are run by a process that stays alive. */
  readonly qstash: QstashSettings | null;
  /** Lanes that the server runs itself, as written (workers/lanes.ts reads it); null: all. */
  readonly work: { readonly lanes: string | null };
  readonly watson: WatsonSettings;
  readonly conversations: { readonly debounceWebMs: number; readonly debounceWhatsappMs: number };
}

/** What a first start in production lacks. */
export const NO_ADMIN_PASSWORD = "ADMIN_PASSWORD: must be set on the first start in production";

/** Every problem of the settings at once, a line each. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  constructor(readonly problems: readonly string[]) {
    super(
      `The settings have ${problems.length} problem(s):\n${problems.map((line) => `  - ${line}`).join("\n")}`,
    );
  }
}

export interface LoadedConfig {
  readonly config: Config;
  /** Lines worth showing once at the start, such as old names. */
  readonly warnings: readonly string[];
}

/**
 * Reads the settings out of the environment. Throws ConfigError with every problem listed: those of a first start as
 * well, when `hasFile` says that the database file is not there yet.
 */
export function loadConfig(
  environment: Readonly<Record<string, string | undefined>>,
  { hasFile = () => true }: { hasFile?: (path: string) => boolean } = {},
): LoadedConfig {
  const warnings: string[] = [];
  const problems: string[] = [];
  const values = withoutOldNames(environment, warnings);
  const { settings, bad } = readSettings(values, problems);

  const config: Config = {
    env: settings.CAUCE_ENV,
    server: {
      port: settings.PORT,
      host: settings.HOST,
      publicUrl: settings.PUBLIC_URL ?? null,
      trustedProxies: settings.TRUSTED_PROXIES,
      corsOrigins: settings.CORS_ORIGINS,
      maxUploadBytes: settings.MAX_UPLOAD_SIZE,
      addressPerMinute: settings.RATE_LIMIT_ADDRESS,
      actorPerMinute: settings.RATE_LIMIT_ACTOR,
      logLevel: settings.LOG_LEVEL,
    },
    data: { folder: settings.CAUCE_DATA, sample: settings.CAUCE_SAMPLE, backupKeep: settings.BACKUP_KEEP },
    database: database(settings, problems, warnings),
    redis: redis(settings, problems),
    s3: s3(settings, problems),
    identity: {
      jwtSecrets: secrets(settings.JWT_SECRET, { name: "JWT_SECRET", check: jwtProblem, problems }),
      encryptionKeys: secrets(settings.ENCRYPTION_KEY, {
        name: "ENCRYPTION_KEY",
        check: keyProblem,
        problems,
      }),
      accessTokenTtlMs: settings.ACCESS_TOKEN_TTL,
      refreshTokenTtlMs: settings.REFRESH_TOKEN_TTL,
      adminEmail: settings.ADMIN_EMAIL,
      adminPassword: settings.ADMIN_PASSWORD ?? null,
    },
    llm: { ...llmSettings(settings, problems), ...llmLimits(settings) },
    mail: mailSettings(settings, problems),
    mailIn: mailInSettings(settings, problems),
    notify: notifySettings(settings, problems),
    graph: graphSettings(settings, problems),
    whatsapp: whatsAppSettings(settings, problems),
    qstash: qstashSettings(settings, problems),
    work: { lanes: settings.LANES || null },
    watson: watsonSettings(settings, problems),
    conversations: { debounceWebMs: settings.DEBOUNCE_WEB, debounceWhatsappMs: settings.DEBOUNCE_WHATSAPP },
  };
  if ((values.CAUCE_ENV ?? "development") === "production") {
    for (const name of ["JWT_SECRET", "ENCRYPTION_KEY"] as const) {
      if (!settings[name]) problems.push(`${name}: must be set in production`);
    }
    const first = config.database.kind === "file" && !hasFile(config.database.path);
    if (first && !settings.ADMIN_PASSWORD) problems.push(NO_ADMIN_PASSWORD);
  }
  // One that can't be read counts as not given below: that it is missing would be said of it, too.
  const said = problems.filter((line, at) => at < bad.length || !bad.includes(line.split(":")[0] ?? ""));
  if (said.length > 0) throw new ConfigError(said);
  return { config, warnings };
}

/** The settings without those that can't be read: a problem a reason, and the name of the setting for each. */
function readSettings(values: Readonly<Record<string, string | undefined>>, problems: string[]) {
  const parsed = settingsSchema.safeParse(values);
  if (parsed.success) return { settings: parsed.data, bad: [] };
  const bad = parsed.error.issues.map(({ path }) => String(path[0]));
  for (const { path, message } of parsed.error.issues) problems.push(`${path.join(".")}: ${message}`);
  const readable = Object.entries(values).filter(([name]) => !bad.includes(name));
  return { settings: settingsSchema.parse(Object.fromEntries(readable)), bad };
}

function withoutOldNames(environment: Readonly<Record<string, string | undefined>>, warnings: string[]) {
  const values: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined && value !== "") values[name] = value;
  }
  for (const [old, name] of Object.entries(OLD_NAMES)) {
    const value = values[old];
    if (value === undefined || values[name] !== undefined) continue;
    values[name] = name === "CAUCE_ENV" ? (ENVIRONMENT_WORDS[value] ?? value) : value;
    warnings.push(`${old} is an old name, it is read as ${name}: rename it`);
  }
  return values;
}

function database(settings: Settings, problems: string[], warnings: string[]): Config["database"] {
  const file = (path: string): Config["database"] => ({ kind: "file", path });
  const given = settings.DATABASE_URL;
  const standard = file(`${settings.CAUCE_DATA ?? "./data"}/cauce.db`);
  if (!given) return standard;
  const old = /^sqlite(?:\+\w+)?:\/\/\/(.+)$/.exec(given)?.[1];
  if (old !== undefined) {
    warnings.push(`DATABASE_URL=${given} is an old form, it is read as file:${old}: rewrite it`);
    return file(old);
  }
  if (given.startsWith("file:")) return file(given.slice("file:".length).replace(/^\/\/(?=\/)/, ""));
  if (/^(libsql|https?|wss?):\/\//.test(given)) {
    const remote = given.replace(/^wss:/, "https:").replace(/^ws:/, "http:");
    return { kind: "remote", url: remote, authToken: settings.DATABASE_AUTH_TOKEN ?? null };
  }
  const scheme = given.split(":")[0] ?? "";
  problems.push(
    /^(postgres|mysql|mariadb)/.test(scheme)
      ? `DATABASE_URL: ${scheme} is not supported; leave it empty for a file in CAUCE_DATA, or set libsql://name.turso.io and DATABASE_AUTH_TOKEN`
      : "DATABASE_URL: must be file:path, libsql://host or https://host",
  );
  return standard;
}

function redis(settings: Settings, problems: string[]): Config["redis"] {
  const { UPSTASH_REDIS_REST_URL: restUrl, UPSTASH_REDIS_REST_TOKEN: restToken, REDIS_URL: url } = settings;
  if (restUrl && !restToken) {
    problems.push("UPSTASH_REDIS_REST_TOKEN: must be set with UPSTASH_REDIS_REST_URL");
  }
  if (restToken && !restUrl) {
    problems.push("UPSTASH_REDIS_REST_URL: must be set with UPSTASH_REDIS_REST_TOKEN");
  }
  if (restUrl && restToken) return { restUrl, restToken };
  if (!url) return null;
  if (!/^rediss?:\/\//.test(url)) problems.push("REDIS_URL: must start with redis:// or rediss://");
  return { url };
}

function s3(settings: Settings, problems: string[]): Config["s3"] {
  const { S3_ENDPOINT: endpoint, S3_BUCKET: bucket, S3_ACCESS_KEY_ID: id, S3_SECRET_ACCESS_KEY: secret } =
    settings;
  if (!endpoint) {
    if (bucket || id || secret) {
      problems.push("S3_ENDPOINT: must be set with S3_BUCKET, S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY");
    }
    return null;
  }
  const missing = Object.entries({ S3_BUCKET: bucket, S3_ACCESS_KEY_ID: id, S3_SECRET_ACCESS_KEY: secret })
    .filter(([, value]) => !value).map(([name]) => name);
  for (const name of missing) problems.push(`${name}: must be set with S3_ENDPOINT`);
  return {
    endpoint,
    bucket: bucket ?? "",
    region: settings.S3_REGION,
    accessKeyId: id ?? "",
    secretAccessKey: secret ?? "",
  };
}

interface SecretRule {
  readonly name: string;
  readonly check: (secret: string) => string | null;
  readonly problems: string[];
}

function secrets(value: string | undefined, { name, check, problems }: SecretRule): readonly string[] | null {
  if (!value) return null;
  const parts = value.split(",").map((part) => part.trim()).filter(Boolean);
  for (const problem of new Set(parts.map(check))) if (problem !== null) problems.push(`${name}: ${problem}`);
  return parts;
}

function jwtProblem(secret: string): string | null {
  return secret.length >= 32 ? null : "each secret must have 32 characters or more";
}

function keyProblem(key: string): string | null {
  try {
    if (atob(key.replaceAll("-", "+").replaceAll("_", "/")).length === 32) return null;
  } catch { /* not base64 */ }
  return "each key must be 32 bytes in base64 (make one with: openssl rand -base64 32)";
}
