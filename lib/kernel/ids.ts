/**
 * Prefixed, time-sortable text ids: `msg_` + 10 characters of time + 16 of chance, in Crockford's base32
 * (lower case). Ids of one process are strictly increasing, as ULID's monotonic form is (github.com/ulid/spec).
 */
export const ID_PREFIXES = {
  user: "usr",
  workspace: "wsp",
  membership: "mbr",
  invitation: "inv",
  session: "ses",
  apiKey: "key",
  oneTimeToken: "ott",
  contact: "con",
  identity: "cid",
  channelAccount: "cha",
  conversation: "cnv",
  message: "msg",
  attachment: "att",
  blob: "blb",
  entry: "knw",
  chunk: "chk",
  source: "src",
  question: "unq",
  rating: "rat",
  job: "job",
  schedule: "sch",
  tick: "tck",
  audit: "aud",
  usage: "use",
  backup: "bak",
  request: "req",
  ticket: "tkt",
  webhook: "whk",
  liveTicket: "lvt",
  template: "tpl",
  receipt: "rcp",
  attempt: "atm",
  task: "tsk",
  batch: "bat",
  worker: "wrk",
  client: "cli",
  site: "sit",
  operator: "opr",
  team: "tea",
  call: "cal",
  visit: "vis",
  visitStep: "vst",
  visitPhoto: "vph",
  connectedCalendar: "ccl",
  calendar: "bcl",
  slaPolicy: "sla",
  slaClock: "clk",
  rule: "rul",
  ruleRun: "rrn",
  ticketComment: "cmt",
  ticketCategory: "tca",
  cannedReply: "cnr",
  ticketMacro: "mac",
  ticketView: "viw",
  survey: "srv",
  notification: "ntf",
  delivery: "dlv",
  notificationTemplate: "ntp",
  webhookEndpoint: "whe",
  chatAddress: "cad",
  pushSubscription: "psh",
  bulkChunk: "bch",
  digest: "dig",
  mail: "eml",
  mailAddress: "ema",
  watsonSession: "wss",
  watsonActivity: "wsa",
  watsonExample: "wse",
  report: "rep",
  reportSchedule: "rps",
} as const;

export type IdKind = keyof typeof ID_PREFIXES;

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
const POOL = 16 * 256;
const pool = new Uint8Array(POOL);
let used = POOL;
let lastTime = -1;
let timePart = "";
const tail = new Uint8Array(16);
/** The tail's digits but the last two, which are all that mostly changes: 17 short texts joined are a kilobyte of waste. */
let stem = "";
const PAIRS = Array.from({ length: 1024 }, (_, i) => ALPHABET.charAt(i >> 5) + ALPHABET.charAt(i & 31));

function encodeTime(ms: number): string {
  let text = "";
  for (let i = 0; i < 10; i++) {
    text = ALPHABET.charAt(ms % 32) + text;
    ms = Math.floor(ms / 32);
  }
  return text;
}

function refill(): void {
  if (used + 16 > POOL) {
    crypto.getRandomValues(pool);
    used = 0;
  }
  for (let i = 0; i < 16; i++) tail[i] = (pool[used + i] ?? 0) & 31;
  tail[0] = (tail[0] ?? 0) & 15; // room to count up within the millisecond
  used += 16;
  setStem();
}

function setStem(): void {
  stem = "";
  for (let i = 0; i < 14; i += 2) stem += pairAt(i);
}

function pairAt(i: number): string {
  return PAIRS[(tail[i] ?? 0) * 32 + (tail[i + 1] ?? 0)] ?? "";
}

function increment(): void {
  for (let i = 15; i >= 0; i--) {
    const digit = tail[i] ?? 0;
    if (digit < 31) {
      tail[i] = digit + 1;
      if (i < 14) setStem();
      return;
    }
    tail[i] = 0;
  }
}

/** A new id such as `msg_01k3...`. */
export function newId(kind: IdKind): string {
  const now = Date.now();
  if (now > lastTime) {
    lastTime = now;
    timePart = encodeTime(now);
    refill();
  } else {
    increment();
  }
  return `${ID_PREFIXES[kind]}_${timePart}${stem}${pairAt(14)}`;
}

/** An unguessable token of `bytes` random bytes, as base64url. */
export function newSecret(bytes = 32): string {
  const raw = crypto.getRandomValues(new Uint8Array(bytes));
  return btoa(String.fromCharCode(...raw)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
