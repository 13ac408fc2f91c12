import { deliverOnce, type Delivery, failureBody } from "./qstash-delivery.ts";
import { messageFrom, type QstashMessage, Refused } from "./qstash-messages.ts";

export interface QstashFaults {
  /** Answers nothing but 503. */
  down: boolean;
  /** Takes calls and never answers. */
  hangs: boolean;
  /** Answers 200 with something that is not JSON. */
  garbage: boolean;
  /** Messages are taken in and never delivered. */
  loses: boolean;
  /** Each message is delivered so many times. */
  copies: number;
  /** The last that is due is delivered first. */
  reversed: boolean;
}

export interface FakeQstash {
  readonly url: string;
  readonly token: string;
  readonly currentSigningKey: string;
  readonly nextSigningKey: string;
  readonly faults: QstashFaults;
  readonly messages: readonly QstashMessage[];
  readonly deliveries: readonly Delivery[];
  readonly schedules: ReadonlyMap<string, { readonly destination: string; readonly cron: string }>;
  /** Calls of its API, `POST /v2/batch`. */
  readonly calls: readonly string[];
  /** Of the headers of its calls that name telemetry. */
  readonly telemetry: readonly string[];
  /** Delivers what is due, until nothing is; resolves to these deliveries. */
  deliver(): Promise<Delivery[]>;
  /** Fires a schedule once. */
  tick(scheduleId: string): Promise<Delivery[]>;
  /** current := next. */
  roll(): void;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface QstashOptions {
  /** The clock of delays; UTC milliseconds. */
  readonly now?: () => number;
  /** Delivers by itself what is due, every 20 ms, as the real one. */
  readonly live?: boolean;
}

const DEDUPLICATION_MS = 600_000;
const MOST_IN_BATCH = 100;

/** QStash on loopback, as far as its own client and receiver use it: publish, batch, schedules, signed delivery. */
export function startQstash({ now = Date.now, live = false }: QstashOptions = {}): FakeQstash {
  const token = "qstash-token-of-the-test";
  let signingKey = "sig_current_0123456789abcdef";
  const nextSigningKey = "sig_next_0123456789abcdef";
  const currentSigningKey = signingKey;
  const faults: QstashFaults = {
    down: false,
    hangs: false,
    garbage: false,
    loses: false,
    copies: 1,
    reversed: false,
  };
  const messages: QstashMessage[] = [];
  const deliveries: Delivery[] = [];
  const schedules = new Map<string, { destination: string; cron: string; body: string }>();
  const calls: string[] = [];
  const telemetry: string[] = [];
  const closing = new AbortController();

  function take(destination: string, { headers, body }: { headers: Headers; body: string }) {
    for (const [name] of headers) if (name.startsWith("upstash-telemetry")) telemetry.push(name);
    const message = messageFrom({ destination, headers, body, now: now() });
    const known = message.deduplicationId === null
      ? undefined
      : messages.find((one) =>
        one.deduplicationId === message.deduplicationId && now() - one.createdAt < DEDUPLICATION_MS
      );
    if (known !== undefined) return { messageId: known.id, deduplicated: true };
    if (faults.loses) message.state = "lost";
    messages.push(message);
    return { messageId: message.id };
  }

  async function answer(request: Request): Promise<Response> {
    const path = request.url.slice(new URL(request.url).origin.length);
    calls.push(`${request.method} ${path}`);
    if (faults.hangs) {
      await new Promise((resolve) => closing.signal.addEventListener("abort", resolve, { once: true }));
    }
    if (faults.down) return Response.json({ error: "unavailable" }, { status: 503 });
    if (faults.garbage) return new Response("<html>");
    if (request.headers.get("authorization") !== `Bearer ${token}`) {
      return Response.json({ error: "invalid token" }, { status: 401 });
    }
    const body = await request.text();
    const { headers } = request;
    if (path.startsWith("/v2/publish/")) {
      return Response.json(take(path.slice("/v2/publish/".length), { headers, body }), { status: 201 });
    }
    if (path === "/v2/batch") return Response.json(batch(JSON.parse(body)));
    if (path.startsWith("/v2/schedules/")) {
      const scheduleId = headers.get("upstash-schedule-id") ?? `scd_${crypto.randomUUID()}`;
      const cron = headers.get("upstash-cron") ?? "";
      if (cron.split(" ").length !== 5) throw new Refused(400, "invalid cron");
      schedules.set(scheduleId, { destination: path.slice("/v2/schedules/".length), cron, body });
      return Response.json({ scheduleId });
    }
    return Response.json({ error: "not found" }, { status: 404 });
  }

  /** One entry that fails does not fail the others. */
  function batch(entries: { destination: string; headers?: Record<string, string>; body?: string }[]) {
    if (entries.length > MOST_IN_BATCH) throw new Refused(400, "too many messages");
    return entries.map(({ destination, headers, body = "" }) => {
      try {
        return take(destination, { headers: new Headers(headers), body });
      } catch (thrown) {
        return { error: String(thrown) };
      }
    });
  }

  async function deliverMessage(message: QstashMessage): Promise<Delivery[]> {
    const made: Delivery[] = [];
    for (let copy = 0; copy < faults.copies; copy++) {
      const { delivery, failed } = await deliverOnce(message, { key: signingKey, now });
      made.push(delivery);
      if (failed && message.failureCallback !== null) {
        take(message.failureCallback, { headers: new Headers(), body: failureBody(message, delivery) });
      }
    }
    deliveries.push(...made);
    return made;
  }

  async function deliver(): Promise<Delivery[]> {
    const made: Delivery[] = [];
    for (;;) {
      const due = messages.filter(({ state, dueAt }) => state === "waiting" && dueAt <= now());
      if (due.length === 0) return made;
      if (faults.reversed) due.reverse();
      for (const message of due) made.push(...await deliverMessage(message));
    }
  }

  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    try {
      return await answer(request);
    } catch (thrown) {
      const status = thrown instanceof Refused ? thrown.status : 400;
      return Response.json({ error: String(thrown) }, { status });
    }
  });
  let working = Promise.resolve<unknown>(undefined);
  const timer = live ? setInterval(() => working = working.then(deliver), 20) : undefined;

  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    token,
    currentSigningKey,
    nextSigningKey,
    faults,
    messages,
    deliveries,
    schedules,
    calls,
    telemetry,
    deliver,
    async tick(scheduleId) {
      const schedule = schedules.get(scheduleId);
      if (schedule === undefined) throw new Error(`There is no schedule ${scheduleId}`);
      const { destination, body } = schedule;
      const message = messageFrom({ destination, headers: new Headers(), body, now: now() });
      return await deliverMessage({ ...message, scheduleId });
    },
    roll: () => void (signingKey = nextSigningKey),
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      closing.abort();
      await working;
      await server.shutdown();
    },
  };
}
