import type { Client } from "@upstash/qstash";
import { MINUTE, SECOND } from "../../kernel/clock.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { Lane } from "../../kernel/define-job.ts";
import { CALLBACK_PATHS } from "../../ports/callbacks.ts";
import type { Waker } from "../../ports/waker.ts";

export interface QstashWakerOptions {
  readonly url: string;
  readonly token: string;
  /** Where QStash calls; without a slash at the end. */
  readonly publicUrl: string;
  readonly clock: Clock;
  /** The jobs wait until the sweeper publishes them again. Must not throw. */
  readonly onFailure: (error: unknown, jobIds: readonly string[]) => void;
  /** Handed each publishing as it begins, so that a runtime which ends with its answer waits for it (`waitUntil`). */
  readonly keep?: (work: Promise<void>) => void;
  /** A call that takes longer counts as failed; default 5,000. */
  readonly timeoutMs?: number;
}

export interface QstashWaker extends Waker {
  /** Resolves when nothing is being published. Never rejects. */
  settled(): Promise<void>;
}

/** How many callbacks of a lane QStash makes at once. */
const PARALLELISM = {
  interactive: 32,
  default: 16,
  bulk: 4,
  maintenance: 1,
  cpu: 4,
  io: 16,
  memory: 1,
  network: 16,
  general: 16,
} as const satisfies Record<
  Lane,
  number
>;
/** Redeliveries of a callback that was not answered. A job that failed is published anew with the engine's delay. */
const DELIVERY_RETRIES = 3;
/** QStash takes so many in one call. */
const BATCH = 100;
/** QStash's window of deduplication: one message a job in it, unless the job's time has changed. */
const WINDOW_MS = 10 * MINUTE;
/** The shortest maximum of QStash's plans. What is due later is published by the sweeper when its time has come. */
const MOST_DELAY_MS = 7 * 24 * 60 * MINUTE;

interface Wake {
  readonly lane: Lane;
  readonly jobId: string;
  readonly dueAt: number;
}

/**
 * Has QStash call back for each job; a message carries the job's id and nothing of its payload. What one commit wakes
 * is one call. Publishing goes on beside the caller and never fails it.
 */
export function createQstashWaker(options: QstashWakerOptions): QstashWaker {
  const { clock, publicUrl, onFailure, keep = () => {} } = options;
  const host = new URL(publicUrl).host.replace(/[^A-Za-z0-9_.-]/g, "-");
  const publishing = new Set<Promise<void>>();
  let waiting: Wake[] = [];
  let client: Promise<Client> | undefined;

  function messageOf({ lane, jobId, dueAt }: Wake) {
    const now = clock.now();
    return {
      url: publicUrl + CALLBACK_PATHS.job,
      body: { job_id: jobId },
      failureCallback: publicUrl + CALLBACK_PATHS.failure,
      retries: DELIVERY_RETRIES,
      label: lane,
      flowControl: { key: `${host}.${lane}`, parallelism: PARALLELISM[lane] },
      // What is published again later than its own window is let through once in each following one.
      deduplicationId: `${jobId}.${Math.max(dueAt, now - now % WINDOW_MS)}`,
      ...(dueAt > now ? { delay: Math.ceil((dueAt - now) / SECOND) } : {}),
    };
  }

  async function publish(wakes: readonly Wake[]): Promise<void> {
    const ids = wakes.map(({ jobId }) => jobId);
    try {
      client ??= connect(options);
      const one = await client;
      await within(one.batchJSON(wakes.map(messageOf)), options.timeoutMs ?? 5 * SECOND);
    } catch (error) {
      onFailure(error, ids);
    }
  }

  async function flush(): Promise<void> {
    await Promise.resolve(); // the rest of the commit's wake-ups come first
    const wakes = waiting;
    waiting = [];
    for (let at = 0; at < wakes.length; at += BATCH) await publish(wakes.slice(at, at + BATCH));
  }

  return {
    wake(lane, jobIds, dueAt) {
      if (jobIds.length === 0 || dueAt - clock.now() > MOST_DELAY_MS) return;
      const first = waiting.length === 0;
      waiting.push(...jobIds.map((jobId) => ({ lane, jobId, dueAt })));
      if (!first) return;
      const work = flush().finally(() => publishing.delete(work));
      publishing.add(work);
      keep(work);
    },
    async settled() {
      while (publishing.size > 0) await Promise.all(publishing);
    },
  };
}

/** Wakes the sweeper every five minutes: some 290 of a free plan's 1,000 messages a day. The same id is replaced. */
export async function scheduleSweep(
  options: Pick<QstashWakerOptions, "url" | "token" | "publicUrl">,
): Promise<void> {
  const { schedules } = await connect(options);
  await schedules.create({
    scheduleId: "cauce-sweep",
    destination: options.publicUrl + CALLBACK_PATHS.sweep,
    cron: "*/5 * * * *",
    retries: 0,
  });
}

/** The library loads now. It sends no telemetry and tries a broken connection once more. */
async function connect({ url, token }: Pick<QstashWakerOptions, "url" | "token">): Promise<Client> {
  const { Client } = await import("@upstash/qstash");
  const retry = { retries: 1, backoff: () => 100 };
  return new Client({ baseUrl: url, token, enableTelemetry: false, devMode: false, retry });
}

async function within<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`QStash did not answer within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
