import { createHmac } from "node:crypto";

type Json = Record<string, unknown>;

/** One `changes[]` with the business account that it belongs to. */
export interface Change {
  readonly businessAccountId: string;
  readonly field: string;
  readonly value: Json;
  /** When it happened, in seconds; 0 when left out. */
  readonly time?: number;
}

/** Where webhooks go: an address, or a function that resolves to the status it answered. */
export type Sink =
  | string
  | ((body: Uint8Array<ArrayBuffer>, headers: Record<string, string>) => Promise<number>);

export interface Webhooks {
  /** What waits, oldest first. Tests may reorder, double or drop it. */
  readonly queue: Change[];
  /** How often each answer came, by status; 0 is no answer. */
  readonly answers: Map<number, number>;
  push(...changes: Change[]): void;
  /** Sets where they go; with `auto` they leave by themselves and are tried again until answered 200. */
  to(sink: Sink, options?: { auto?: boolean }): void;
  /**
   * Sends what waits now, `batch` changes a body; what is not answered 200 stays in the queue. Resolves to how
   * many changes were taken.
   */
  flush(options?: { batch?: number }): Promise<number>;
  /** Signs and posts any bytes. Resolves to the status. */
  post(body: Uint8Array<ArrayBuffer>, headers?: Record<string, string>): Promise<number>;
  sign(body: Uint8Array): string;
  close(): Promise<void>;
}

const RETRY_MS = 100;
const LANES = 8;

export function createWebhooks(appSecret: string): Webhooks {
  const queue: Change[] = [];
  const answers = new Map<number, number>();
  const running = new Set<Promise<void>>();
  let sink: Sink | null = null;
  let auto = false;
  let closed = false;

  const sign = (body: Uint8Array) => `sha256=${createHmac("sha256", appSecret).update(body).digest("hex")}`;

  async function post(
    body: Uint8Array<ArrayBuffer>,
    headers: Record<string, string> = { "x-hub-signature-256": sign(body) },
  ): Promise<number> {
    if (sink === null) throw new Error("Say where webhooks go first: webhooks.to(...)");
    const status = await send(sink, body, { "content-type": "application/json", ...headers });
    answers.set(status, (answers.get(status) ?? 0) + 1);
    return status;
  }

  /** Lanes take from the head; what fails goes to the tail and waits a little, as Meta's retries do. */
  function pump(): void {
    while (auto && !closed && running.size < LANES && queue.length > 0) {
      const lane = work().finally(() => {
        running.delete(lane);
        if (queue.length > 0) pump();
      });
      running.add(lane);
    }
  }

  async function work(): Promise<void> {
    const change = queue.shift();
    if (change === undefined || closed) return;
    if (await post(bodyOf([change])) === 200) return;
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    queue.push(change);
  }

  return {
    queue,
    answers,
    sign,
    post,
    push(...changes) {
      queue.push(...changes);
      pump();
    },
    to(next, options = {}) {
      sink = next;
      auto = options.auto ?? false;
      pump();
    },
    async flush({ batch = 1 } = {}) {
      const waiting = queue.splice(0);
      let taken = 0;
      for (let at = 0; at < waiting.length; at += batch) {
        const part = waiting.slice(at, at + batch);
        if (await post(bodyOf(part)) === 200) taken += part.length;
        else queue.push(...part);
      }
      return taken;
    },
    async close() {
      closed = true;
      await Promise.all(running);
    },
  };
}

/** The envelope: changes of one business account share an entry. */
export function bodyOf(changes: readonly Change[]): Uint8Array<ArrayBuffer> {
  const entries = Map.groupBy(changes, ({ businessAccountId, time = 0 }) => `${businessAccountId}|${time}`);
  const entry = [...entries].map(([key, own]) => ({
    id: key.split("|")[0],
    time: own[0]?.time ?? 0,
    changes: own.map(({ field, value }) => ({ field, value })),
  }));
  return new TextEncoder().encode(JSON.stringify({ object: "whatsapp_business_account", entry }));
}

async function send(
  sink: Sink,
  body: Uint8Array<ArrayBuffer>,
  headers: Record<string, string>,
): Promise<number> {
  if (typeof sink !== "string") return await sink(body, headers);
  try {
    const signal = AbortSignal.timeout(10_000);
    const response = await fetch(sink, { method: "POST", headers, body, signal });
    await response.body?.cancel();
    return response.status;
  } catch {
    return 0;
  }
}
