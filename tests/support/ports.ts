import type { BlobStore } from "../../lib/ports/blobs.ts";
import { readAll } from "../../lib/ports/blobs.ts";
import type { Cache } from "../../lib/ports/cache.ts";
import type { Clock } from "../../lib/kernel/clock.ts";
import { AppError } from "../../lib/kernel/errors.ts";
import { sha256Hex } from "../../lib/kernel/text.ts";
import type { Logger, LogLevel, RequestEvent, RunEvent } from "../../lib/ports/log.ts";
import type { Mail, Mailer } from "../../lib/ports/mail.ts";
import type { PasswordHasher } from "../../lib/ports/passwords.ts";

/**
 * A clock that stands still until it is moved. With CAUCE_TEST_CLOCK=ticking it goes on by a millisecond at every look,
 * which uncovers deeds that look twice and orders that rely on equal times; what tests an instant then fails too.
 */
export interface TestClock extends Clock {
  set(ms: number): void;
  advance(ms: number): void;
}

export function createTestClock(start = Date.UTC(2026, 0, 5, 16, 0, 0)): TestClock {
  const step = Deno.env.get("CAUCE_TEST_CLOCK") === "ticking" ? 1 : 0;
  let now = start;
  return {
    now: () => now += step,
    set: (ms) => void (now = ms),
    advance: (ms) => void (now += ms),
  };
}

export interface CapturedLog extends Logger {
  readonly lines: { level: LogLevel; message: string; fields: Readonly<Record<string, unknown>> }[];
  readonly requests: RequestEvent[];
  readonly runs: RunEvent[];
}

export function createCapturedLog(): CapturedLog {
  const lines: CapturedLog["lines"] = [];
  const requests: RequestEvent[] = [];
  const runs: RunEvent[] = [];
  return {
    lines,
    requests,
    runs,
    log: (level, message, fields = {}) => void lines.push({ level, message, fields }),
    request: (event) => void requests.push(event),
    run: (event) => void runs.push(event),
    flush: () => Promise.resolve(),
  };
}

export interface Outbox extends Mailer {
  readonly sent: Mail[];
  /** The next sends throw this. */
  failWith: AppError | null;
}

export function createOutbox(): Outbox {
  const sent: Mail[] = [];
  return {
    configured: true,
    sent,
    failWith: null,
    send(mail) {
      if (this.failWith !== null) return Promise.reject(this.failWith);
      sent.push(mail);
      return Promise.resolve();
    },
  };
}

export interface CountingHasher extends PasswordHasher {
  hashes: number;
  verifications: number;
}

/** Right in what it answers and cheap, so that suites that sign in a lot stay quick. Counts its calls. */
export function createCountingHasher(): CountingHasher {
  return {
    hashes: 0,
    verifications: 0,
    async hash(password) {
      this.hashes++;
      return `$test$${await sha256Hex(password)}`;
    },
    async verify(password, hash) {
      this.verifications++;
      const digest = await sha256Hex(password);
      return {
        ok: hash === `$test$${digest}` || hash === `$old$${digest}`,
        rehash: hash.startsWith("$old$"),
      };
    },
  };
}

export function createMemoryBlobs(now: () => number = Date.now): BlobStore {
  const kept = new Map<string, Uint8Array<ArrayBuffer>>();
  const puts = new Map<string, number>();
  return {
    async put(key, body, { maxBytes = Infinity } = {}) {
      const bytes = body instanceof Uint8Array ? new Uint8Array(body) : await readAll(body);
      if (bytes.byteLength > maxBytes) throw new AppError("payload_too_large", `More than ${maxBytes} bytes`);
      kept.set(key, bytes);
      puts.set(key, now());
      return { size: bytes.byteLength, sha256: await sha256Hex(bytes) };
    },
    get(key) {
      const bytes = kept.get(key);
      return Promise.resolve(
        bytes === undefined ? null : { body: new Blob([bytes]).stream(), size: bytes.byteLength },
      );
    },
    delete(key) {
      kept.delete(key);
      return Promise.resolve();
    },
    async *list(prefix, { after = "" } = {}) {
      for (const [key, bytes] of [...kept].sort(([a], [b]) => a < b ? -1 : 1)) {
        const modifiedAt = puts.get(key) ?? 0;
        if (key.startsWith(prefix) && key > after) yield { key, size: bytes.byteLength, modifiedAt };
      }
    },
  };
}

export function createMapCache(): Cache {
  const kept = new Map<string, unknown>();
  return {
    get: <T>(key: string) => Promise.resolve(kept.get(key) as T | undefined),
    set: (key, value) => Promise.resolve(void kept.set(key, structuredClone(value))),
    delete: (key) => Promise.resolve(void kept.delete(key)),
    clear(prefix) {
      const keys = [...kept.keys()].filter((key) => key.startsWith(prefix));
      for (const key of keys) kept.delete(key);
      return Promise.resolve(keys.length);
    },
    stats: () => Promise.resolve([{ layer: "map", entries: kept.size, bytes: null, hits: 0, misses: 0 }]),
    close: () => Promise.resolve(),
  };
}
