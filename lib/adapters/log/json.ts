import { redact as kernelRedact, redactText } from "../../kernel/redact.ts";
import type { Logger, LogLevel } from "../../ports/log.ts";
import { LEVEL_RANK, requestFields, rest, RUN_LEVEL, runFields } from "./lines.ts";
import { RotatingFile, type RotatingFileOptions, writeWhole } from "./rotating-file.ts";

export interface JsonLoggerOptions {
  /** Lines below this level are dropped. Default `info`. */
  readonly level?: LogLevel;
  /** Which part of the system speaks, such as `api` or `worker`. */
  readonly service: string;
  /** Where whole lines go; default: standard output. null: to the file only. */
  readonly write?: ((lines: Uint8Array) => void | Promise<void>) | null;
  /** Also into this file, rotated by size. */
  readonly file?: RotatingFileOptions | null;
  readonly redact?: (value: unknown) => unknown;
  readonly now?: () => number;
}

export interface JsonLogger extends Logger {
  /** Writes what is buffered, stops the timer and closes the file. Later lines are dropped. */
  close(): Promise<void>;
}

/** A write costs a hop to another thread, whatever its size. */
const BUFFER_BYTES = 128 * 1024;
const FLUSH_MS = 200;
/** Characters of lines that are turned into bytes in one go: a call for each is a third of what a line costs. */
const BATCH_CHARS = 4096;
/** When the outputs can't keep up, lines past this are counted instead of kept. */
const MAX_PENDING_BYTES = 8 * 1024 * 1024;

const encoder = new TextEncoder();

/**
 * JSON lines `{time, level, service, message, ...}`, buffered, in one order on every output. The buffer holds bytes:
 * texts that wait would be copied by the garbage collector again and again.
 */
export function createJsonLogger(options: JsonLoggerOptions): JsonLogger {
  const { level = "info", service, now = Date.now, redact = kernelRedact } = options;
  const write = options.write === undefined ? toStandardOutput : options.write;
  const file = options.file ? new RotatingFile(options.file) : null;
  const least = LEVEL_RANK[level];
  const quotedService = JSON.stringify(service);

  const buffer = new Uint8Array(BUFFER_BYTES);
  let lines = "";
  let filled = 0;
  let pending = 0;
  let dropped = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let writing: Promise<void> = Promise.resolve();
  let closed = false;
  let lastMs = -1;
  let lastTime = "";

  function head(lineLevel: LogLevel): string {
    const ms = now();
    if (ms !== lastMs) {
      lastMs = ms;
      lastTime = new Date(ms).toISOString();
    }
    return `{"time":"${lastTime}","level":"${lineLevel}","service":${quotedService}`;
  }

  function add(line: string): void {
    if (closed) return;
    if (pending + filled > MAX_PENDING_BYTES) {
      dropped++;
      return;
    }
    append(line);
    timer ??= setTimeout(flush, FLUSH_MS);
  }

  function append(line: string): void {
    lines += line;
    if (lines.length >= BATCH_CHARS) encode();
  }

  function encode(): void {
    const text = lines;
    lines = "";
    // No character takes more than three bytes.
    if (filled + 3 * text.length > BUFFER_BYTES) hand();
    if (3 * text.length > BUFFER_BYTES) return send(encoder.encode(text));
    filled += encoder.encodeInto(text, buffer.subarray(filled)).written;
  }

  /** Hands on the bytes; lines that still are text stay. */
  function hand(): void {
    if (filled === 0) return;
    const bytes = buffer.slice(0, filled);
    filled = 0;
    send(bytes);
  }

  function send(bytes: Uint8Array): void {
    pending += bytes.length;
    writing = writing.then(() => output(bytes)).finally(() => pending -= bytes.length);
  }

  function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    if (dropped > 0) {
      append(`${head("warn")},"message":"log lines dropped","dropped":${dropped}}\n`);
      dropped = 0;
    }
    encode();
    hand();
    return writing;
  }

  async function output(bytes: Uint8Array): Promise<void> {
    // A full disk or a closed pipe must never stop the server: the other output still gets the lines.
    await Promise.allSettled([
      write === null ? null : (async () => await write(bytes))(),
      file?.append(bytes),
    ]);
  }

  return {
    log(lineLevel, message, fields) {
      if (LEVEL_RANK[lineLevel] < least) return;
      add(
        `${head(lineLevel)},"message":${JSON.stringify(redactText(message))}${rest(redact(fields ?? {}))}}\n`,
      );
      if (lineLevel === "error") queueMicrotask(() => void flush());
    },
    request(event) {
      const lineLevel: LogLevel = event.status >= 500 ? "error" : "info";
      if (LEVEL_RANK[lineLevel] >= least) add(head(lineLevel) + requestFields(event));
    },
    run(event) {
      const lineLevel = RUN_LEVEL[event.outcome];
      if (LEVEL_RANK[lineLevel] >= least) add(head(lineLevel) + runFields(event));
    },
    flush,
    async close() {
      await flush();
      closed = true;
      clearTimeout(timer);
      await writing;
      file?.close();
    },
  };
}

function toStandardOutput(lines: Uint8Array): Promise<void> {
  return writeWhole(Deno.stdout, lines);
}
