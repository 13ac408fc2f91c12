import { createHash } from "node:crypto";

/** A number of the business, as Meta keeps it. */
export interface FakeNumber {
  readonly phoneNumberId: string;
  readonly businessAccountId: string;
  readonly displayPhoneNumber: string;
  quality: string;
  status: string;
}

export interface FakeTemplate {
  readonly id: string;
  readonly name: string;
  readonly language: string;
  readonly businessAccountId: string;
  category: string;
  status: string;
  components: Record<string, unknown>[];
  rejectedReason?: string;
}

export interface FakeMedia {
  readonly id: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly mimeType: string;
  /** What the answer says; may lie. */
  readonly sha256: string;
  readonly size: number;
  /** What is served in place of `bytes`, if anything. */
  readonly serves?: () => Response;
  gone: boolean;
}

/** A message that a customer's phone showed. */
export interface Received {
  readonly wamid: string;
  /** Phone or business-scoped id, as it was addressed. */
  readonly to: string;
  readonly phoneNumberId: string;
  readonly type: string;
  /** What can be read of it: text, caption, template name, body of an interactive one. */
  readonly text: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly callbackData: string | null;
  /** The answer got lost: the sender does not know of it. */
  readonly lost: boolean;
}

export interface Ledger {
  readonly received: readonly Received[];
  of(customer: string): readonly Received[];
  /** `owed`: texts by customer, each owed once. */
  compare(
    owed: ReadonlyMap<string, readonly string[]>,
  ): { missing: string[]; doubled: string[]; unexpected: string[] };
}

export interface World {
  readonly token: string;
  readonly appId: string;
  readonly numbers: Map<string, FakeNumber>;
  readonly templates: Map<string, FakeTemplate>;
  readonly media: Map<string, FakeMedia>;
  /** Last inbound of `number|customer`, by the fake's clock. */
  readonly windows: Map<string, number>;
  readonly received: Received[];
  readonly read: { messageId: string; typing: boolean }[];
  readonly subscribed: Map<string, boolean>;
  /** Where the app's webhooks go; null: nowhere. */
  webhook: { callbackUrl: string; fields: string[] } | null;
  /** Where public names lead to on this machine. */
  readonly routes: Map<string, string>;
  /** What debug_token says of the token. */
  tokenInfo: { valid: boolean; expiresAt: number; scopes: string[] };
  /** True: free-form messages need an open window. */
  windowed: boolean;
  now(): number;
  nextId(kind: string): string;
}

export const DAY_MS = 24 * 60 * 60 * 1000;

export function createWorld(options: { token: string; now: () => number }): World {
  let last = 0;
  return {
    token: options.token,
    appId: "700000000000001",
    numbers: new Map(),
    templates: new Map(),
    media: new Map(),
    windows: new Map(),
    received: [],
    read: [],
    subscribed: new Map(),
    webhook: null,
    routes: new Map(),
    tokenInfo: {
      valid: true,
      expiresAt: 0,
      scopes: ["whatsapp_business_messaging", "whatsapp_business_management"],
    },
    windowed: true,
    now: options.now,
    nextId: (kind) => `${kind}${String(++last).padStart(9, "0")}`,
  };
}

/** A wamid in Meta's form; the same in every run. */
export function newWamid(world: World): string {
  return `wamid.${btoa(`HBgN${world.nextId("fake")}`).replaceAll("=", "")}==`;
}

export function addTemplate(
  world: World,
  template: Partial<FakeTemplate> & { name: string; businessAccountId: string },
): FakeTemplate {
  const made: FakeTemplate = {
    id: world.nextId("9"),
    language: "es_MX",
    category: "UTILITY",
    status: "APPROVED",
    components: [{ type: "BODY", text: "Hola {{1}}" }],
    ...template,
  };
  world.templates.set(made.id, made);
  return made;
}

export interface MediaLies {
  readonly sha256?: string;
  readonly size?: number;
  readonly serves?: () => Response;
}

export function addMedia(
  world: World,
  file: { bytes: Uint8Array<ArrayBuffer>; mimeType: string } & MediaLies,
): FakeMedia {
  const { bytes, mimeType } = file;
  const made: FakeMedia = {
    id: world.nextId("8"),
    bytes,
    mimeType,
    sha256: file.sha256 ?? sha256(bytes),
    size: file.size ?? bytes.byteLength,
    ...(file.serves === undefined ? {} : { serves: file.serves }),
    gone: false,
  };
  world.media.set(made.id, made);
  return made;
}

export const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

export function createLedger(world: World): Ledger {
  return {
    received: world.received,
    of: (customer) => world.received.filter(({ to }) => to === customer),
    compare(owed) {
      const got = new Map<string, number>();
      for (const { to, text } of world.received) {
        got.set(`${to}: ${text}`, (got.get(`${to}: ${text}`) ?? 0) + 1);
      }
      const expected = new Set([...owed].flatMap(([to, texts]) => texts.map((text) => `${to}: ${text}`)));
      return {
        missing: [...expected].filter((line) => !got.has(line)),
        doubled: [...got].filter(([, count]) => count > 1).map(([line]) => line),
        unexpected: [...got.keys()].filter((line) => !expected.has(line)),
      };
    },
  };
}
