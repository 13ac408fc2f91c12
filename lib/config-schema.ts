import { z } from "zod";

/** `15m`, `30d`, `45s`, `2h`, or plain seconds, as milliseconds. */
function duration(text: string, ctx: z.RefinementCtx): number {
  const match = /^(\d+)\s*(ms|s|m|h|d)?$/.exec(text.trim());
  const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
  const unit = (match?.[2] ?? "s") as keyof typeof units;
  const value = Number(match?.[1]) * units[unit];
  if (match && value > 0) return value;
  ctx.addIssue({ code: "custom", message: "must be a time such as 900, 15m, 12h or 30d" });
  return z.NEVER;
}

const time = (fallback: string) => z.string().default(fallback).transform(duration);
const flag = (fallback: boolean) =>
  z.enum(["true", "false", "1", "0", "yes", "no"]).default(fallback ? "true" : "false")
    .transform((text) => ["true", "1", "yes"].includes(text));
const list = z.string().default("").transform((text) =>
  text.split(",").map((part) => part.trim()).filter(Boolean)
);

const PART = "(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)";
const IPV4 = new RegExp(`^${PART}(?:\\.${PART}){3}$`);

/** `10.0.0.1`, `10.0.0.0/8`, `::1`, `fd00::/8`. */
function isAddressRange(text: string): boolean {
  const [address = "", bits, ...more] = text.split("/");
  const six = address.includes(":");
  const valid = six ? URL.canParse(`http://[${address}]`) : IPV4.test(address);
  const length = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (six ? 128 : 32));
  return valid && length && more.length === 0;
}

const ranges = list.superRefine((all, ctx) => {
  for (const bad of all.filter((each) => !isAddressRange(each))) {
    ctx.addIssue({ code: "custom", message: `"${bad}" is no address or range such as 10.0.0.0/8` });
  }
});

/** As a browser writes it: no path, the host in lower case. */
function originOf(text: string): string | null {
  if (text === "*") return text;
  const url = URL.parse(text);
  const bare = url !== null && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`;
  return bare ? url.origin : null;
}

const origins = list.transform((all, ctx) =>
  all.map((each) => {
    const origin = originOf(each);
    if (origin !== null) return origin;
    ctx.addIssue({ code: "custom", message: `"${each}" is no origin such as https://example.com` });
    return z.NEVER;
  })
);
const text = z.string().optional();
const count = (fallback: number, min: number, max: number) =>
  z.coerce.number({ error: "must be a number" }).int().min(min).max(max).default(fallback);
const url = z.url({ error: "must be a whole address such as https://example.com", protocol: /^https?$/ })
  .transform((value) => value.replace(/\/+$/, ""));

/** Providers of language models: `<NAME>_API_KEY` and `<NAME>_BASE_URL` configure one. Order is the default chain. */
export const LLM_PROVIDER_NAMES = [
  "gemini",
  "openai",
  "anthropic",
  "xai",
  "siliconflow",
  "ark",
  "ollama",
  "lmstudio",
  "compatible",
] as const;
export type LlmProviderName = typeof LLM_PROVIDER_NAMES[number];

const providers = Object.fromEntries(
  LLM_PROVIDER_NAMES.flatMap((name) => [
    [`${name.toUpperCase()}_API_KEY`, text.describe(`Key for the ${name} provider.`)],
    [
      `${name.toUpperCase()}_BASE_URL`,
      url.optional().describe(`Address of the ${name} provider, if not its usual one.`),
    ],
  ]),
) as Record<string, z.ZodOptional<z.ZodType<string>>>;

/** Every setting, in the groups and order of `.env.example`. The description is the line that explains it there. */
export const SETTING_GROUPS = {
  Server: {
    PORT: count(8000, 0, 65535).describe("Port to listen on; 0 takes a free one."),
    HOST: z.string().default("127.0.0.1").describe("Address to listen on."),
    CAUCE_ENV: z.enum(["development", "production"]).default("development").describe(
      "development or production.",
    ),
    CAUCE_DATA: z.string().default("./data").describe(
      "Folder of the database, blobs, logs and generated secrets (mode 0700).",
    ),
    CAUCE_SAMPLE: flag(true).describe("In development, put a sample business into an empty database."),
    PUBLIC_URL: url.optional().describe("Address under which customers reach this server."),
    TRUSTED_PROXIES: ranges.describe(
      "Addresses or CIDR ranges of proxies whose X-Forwarded-For is believed.",
    ),
    CORS_ORIGINS: origins.describe("Origins that may call the API from a browser."),
    MAX_UPLOAD_SIZE: count(104_857_600, 1024, 10_737_418_240).describe("Largest upload, in bytes."),
    RATE_LIMIT_ADDRESS: count(6000, 1, 1e9).describe("Requests a minute from one address."),
    RATE_LIMIT_ACTOR: count(12_000, 1, 1e9).describe("Requests a minute of one user or API key."),
    LOG_LEVEL: z.enum(["debug", "info", "warn", "error"]).default("info").describe(
      "Least level that is logged.",
    ),
  },
  Data: {
    DATABASE_URL: text.describe(
      "libSQL: empty for a file in CAUCE_DATA, file:path, or libsql://name.turso.io.",
    ),
    DATABASE_AUTH_TOKEN: text.describe("Token of a remote libSQL database."),
    REDIS_URL: text.describe("Redis for the cache, e.g. redis://127.0.0.1:6379; empty: memory."),
    UPSTASH_REDIS_REST_URL: url.optional().describe("Upstash Redis over REST."),
    UPSTASH_REDIS_REST_TOKEN: text.describe("Its token."),
    S3_ENDPOINT: url.optional().describe(
      "S3-compatible store for attachments and backups; empty: files in CAUCE_DATA.",
    ),
    S3_BUCKET: text.describe("Its bucket."),
    S3_REGION: z.string().default("auto").describe("Its region."),
    S3_ACCESS_KEY_ID: text.describe("Its key id."),
    S3_SECRET_ACCESS_KEY: text.describe("Its secret key."),
    BACKUP_KEEP: count(7, 1, 1000).describe("How many daily backups to keep."),
  },
  Identity: {
    JWT_SECRET: text.describe(
      "Signs access tokens: 32 characters or more; a comma list signs with the first, verifies with all.",
    ),
    ENCRYPTION_KEY: text.describe(
      "Encrypts stored secrets: 32 bytes in base64; a comma list encrypts with the first, decrypts with all.",
    ),
    ACCESS_TOKEN_TTL: time("15m").describe("Life of an access token."),
    REFRESH_TOKEN_TTL: time("30d").describe("Life of a refresh token."),
    ADMIN_EMAIL: z.email().default("admin@localhost.localdomain").describe("E-mail of the first admin."),
    ADMIN_PASSWORD: text.describe(
      "Password of the first admin; generated and printed once when empty (development only).",
    ),
  },
  "Language models": {
    LLM_CHAIN: text.describe(
      "Order of provider:model pairs, e.g. openai:gpt-4o-mini,anthropic:claude-haiku-4-5.",
    ),
    LLM_RPM: text.describe(
      "Requests a minute that a provider allows, e.g. gemini:1000,openai:500; 0 is no limit. Gemini's is 15 otherwise.",
    ),
    LLM_TIMEOUT: time("30s").describe("Deadline of one answer over the whole chain."),
    LLM_DAILY_CALLS: count(2000, 0, 1e9).describe(
      "Calls a workspace may make in a day; after that knowledge answers alone.",
    ),
    LLM_DAILY_TOKENS: count(2_000_000, 0, 1e12).describe("Tokens a workspace may use in a day."),
    LLM_VISITOR_DAILY_CALLS: count(100, 0, 1e9).describe("Calls one visitor may cause in a day."),
    ...providers,
  },
  Mail: {
    SMTP_HOST: text.describe("SMTP server; without it nothing is mailed."),
    SMTP_PORT: count(587, 1, 65535).describe("Its port; 465 means TLS from the start."),
    SMTP_USER: text.describe("Its user."),
    SMTP_PASS: text.describe("Its password."),
    MAIL_FROM: z.string().default("Cauce <no-reply@localhost.localdomain>").describe("Sender of mails."),
    MAIL_PROVIDERS: list.describe(
      "Order in which the ways to mail are tried, e.g. resend,smtp; empty: smtp, then resend. What is left out is not used.",
    ),
  },
  "Mail in": {
    MAIL_INBOX: text.describe(
      "Address that customers write to; empty: IMAP_USER when it is an address, else the sender's. Answers go to it with a tag.",
    ),
    MAIL_HOOK_SECRET: text.describe(
      "Signs mails that a provider's webhook brings to /api/hooks/email: whsec_...",
    ),
    IMAP_HOST: text.describe(
      "IMAP server whose INBOX becomes tickets; this, user and password are set together.",
    ),
    IMAP_PORT: count(993, 1, 65535).describe(
      "Its port; 993 means TLS from the start, any other STARTTLS (demanded unless the server is on this machine).",
    ),
    IMAP_USER: text.describe("Its user."),
    IMAP_PASS: text.describe("Its password."),
    IMAP_MORE: list.describe(
      "More mailboxes that are read: imap://user:password@host:port, with percent-encoding, a comma between two.",
    ),
    IMAP_OAUTH_CLIENT_ID: text.describe(
      "In the place of a password, which Gmail and Outlook take no more: the client that you registered with the provider.",
    ),
    IMAP_OAUTH_CLIENT_SECRET: text.describe("Its secret; a public client has none."),
    IMAP_OAUTH_REFRESH_TOKEN: text.describe(
      "What the consent of the mailbox's owner gave. Where the provider gives another one later, that is kept.",
    ),
    IMAP_OAUTH_TOKEN_URL: url.optional().describe(
      "Where access tokens are given; known for imap.gmail.com and outlook.office365.com.",
    ),
  },
  Notifications: {
    RESEND_API_KEY: text.describe(
      "Key of Resend: mail over HTTP, at the edge or when the mail server fails.",
    ),
    RESEND_BASE_URL: url.default("https://api.resend.com").describe("Its address."),
    TWILIO_ACCOUNT_SID: text.describe("Account of Twilio, for SMS; this and the next two are set together."),
    TWILIO_AUTH_TOKEN: text.describe("Its token; also proves that statuses are Twilio's."),
    TWILIO_FROM: text.describe("Sender: a number such as +15005550006, or a messaging service (MG...)."),
    TWILIO_BASE_URL: url.default("https://api.twilio.com").describe("Address of Twilio."),
    VAPID_PUBLIC_KEY: text.describe(
      "Web Push: the pair of keys and who to write to, set together (npx web-push generate-vapid-keys).",
    ),
    VAPID_PRIVATE_KEY: text.describe("Its private half."),
    VAPID_SUBJECT: text.describe("mailto:you@example.com or an https address."),
  },
  WhatsApp: {
    WHATSAPP_APP_SECRET: text.describe(
      "Secret of the Meta app: proves that webhooks are Meta's. The settings of this group connect the first number.",
    ),
    WHATSAPP_VERIFY_TOKEN: text.describe(
      "Any text of yours; give the same one to Meta with the webhook's address.",
    ),
    WHATSAPP_ACCESS_TOKEN: text.describe("Permanent token of a system user that may send for the number."),
    WHATSAPP_PHONE_NUMBER_ID: text.describe("Meta's id of the number (digits, not the number itself)."),
    WHATSAPP_BUSINESS_ACCOUNT_ID: text.describe(
      "Id of the WhatsApp Business Account (WABA) that holds the number.",
    ),
    WHATSAPP_GRAPH_URL: url.default("https://graph.facebook.com").describe("Address of Meta's Graph API."),
    WHATSAPP_GRAPH_VERSION: z.string().regex(/^v\d{1,2}\.\d$/, "must be like v25.0").default("v25.0")
      .describe(
        "Version of the Graph API.",
      ),
  },
  QStash: {
    QSTASH_URL: url.default("https://qstash.upstash.io").describe(
      "Address of QStash, which calls back for each job where no process stays alive. Needs PUBLIC_URL.",
    ),
    QSTASH_TOKEN: text.describe("Its token; this and the two keys are set together."),
    QSTASH_CURRENT_SIGNING_KEY: text.describe("Proves that a callback is QStash's."),
    QSTASH_NEXT_SIGNING_KEY: text.describe("The key that follows when the current one is rolled."),
  },
  Work: {
    LANES: text.describe(
      "Lanes of jobs that the server runs itself, e.g. interactive,default,io=8; empty: all. Workers run the others.",
    ),
  },
  "Watson Orchestrate": {
    WATSON_API_KEY: text.describe(
      "Lets Watson in (x-api-key or Bearer), 16 characters or more; it acts in the first workspace.",
    ),
    WATSON_JWT_SECRET: text.describe(
      "Secret with which an Assistant signs its webhooks (HS256, in Authorization or Authentication).",
    ),
  },
  Conversations: {
    DEBOUNCE_WEB: time("300ms").describe("Silence in web chat and console after which a burst is answered."),
    DEBOUNCE_WHATSAPP: time("2s").describe("The same on WhatsApp."),
  },
} as const;

export const settingsSchema = z.object({
  ...SETTING_GROUPS.Server,
  ...SETTING_GROUPS.Data,
  ...SETTING_GROUPS.Identity,
  ...SETTING_GROUPS["Language models"],
  ...SETTING_GROUPS.Mail,
  ...SETTING_GROUPS["Mail in"],
  ...SETTING_GROUPS.Notifications,
  ...SETTING_GROUPS.WhatsApp,
  ...SETTING_GROUPS.QStash,
  ...SETTING_GROUPS.Work,
  ...SETTING_GROUPS["Watson Orchestrate"],
  ...SETTING_GROUPS.Conversations,
});

export type Settings = z.output<typeof settingsSchema>;
