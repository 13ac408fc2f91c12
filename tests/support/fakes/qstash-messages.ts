/** A message as it was taken in. */
export interface QstashMessage {
  readonly id: string;
  readonly url: string;
  readonly body: string;
  /** Sent to the destination beside what QStash adds. */
  readonly headers: Readonly<Record<string, string>>;
  readonly retries: number;
  readonly failureCallback: string | null;
  readonly deduplicationId: string | null;
  readonly flowControl: { readonly key: string; readonly value: string } | null;
  readonly scheduleId: string | null;
  readonly createdAt: number;
  /** UTC milliseconds of the next delivery. */
  dueAt: number;
  retried: number;
  state: "waiting" | "delivered" | "failed" | "lost";
}

/** What QStash refuses, with its status. */
export class Refused extends Error {
  constructor(readonly status: number, message: string) {
    super(message);
  }
}

/** Of the free plan. */
const MOST_RETRIES = 3;
const MOST_DELAY_S = 7 * 24 * 3600;
const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

function secondsOf(text: string): number {
  if (!/^(\d+[smhd])+$/.test(text)) throw new Refused(400, `invalid duration "${text}"`);
  let sum = 0;
  for (const [, count, unit] of text.matchAll(/(\d+)([smhd])/g)) {
    sum += Number(count) * (UNITS[unit ?? ""] ?? 0);
  }
  return sum;
}

/** Reads the headers of a publish (upstash.com/docs/qstash/api/publish) and refuses what QStash would refuse. */
export function messageFrom(
  { destination, headers, body, now }: { destination: string; headers: Headers; body: string; now: number },
): QstashMessage {
  if (!/^https?:\/\/[^/]/.test(destination)) {
    throw new Refused(400, `invalid destination url "${destination}"`);
  }
  const retries = Number(headers.get("upstash-retries") ?? MOST_RETRIES);
  if (!Number.isInteger(retries) || retries < 0) throw new Refused(400, "invalid Upstash-Retries");
  if (retries > MOST_RETRIES) throw new Refused(412, "quota maxRetries exceeded");
  const delay = secondsOf(headers.get("upstash-delay") ?? "0s");
  if (delay > MOST_DELAY_S) throw new Refused(412, "quota maxDelay exceeded");
  const key = headers.get("upstash-flow-control-key");
  if (key !== null && !/^[A-Za-z0-9_.-]+$/.test(key)) throw new Refused(400, "invalid flow control key");
  const forwarded: Record<string, string> = {};
  for (const [name, value] of headers) {
    if (name.startsWith("upstash-forward-")) forwarded[name.slice("upstash-forward-".length)] = value;
    if (name === "content-type") forwarded[name] = value;
  }
  return {
    id: `msg_${crypto.randomUUID()}`,
    url: destination,
    body,
    headers: forwarded,
    retries,
    failureCallback: headers.get("upstash-failure-callback"),
    deduplicationId: headers.get("upstash-deduplication-id"),
    flowControl: key === null ? null : { key, value: headers.get("upstash-flow-control-value") ?? "" },
    scheduleId: null,
    createdAt: now,
    dueAt: now + delay * 1000,
    retried: 0,
    state: "waiting",
  };
}
