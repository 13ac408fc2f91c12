import type { Context } from "hono";
import { MAIL_LIMITS } from "../../lib/mail-in/mod.ts";
import { AppError } from "../../lib/kernel/errors.ts";
import { MINUTE, SECOND } from "../../lib/kernel/clock.ts";
import { isNestedTooDeep, MOST_NESTED } from "../../lib/kernel/json.ts";
import { CALLBACK_PATHS } from "../../lib/ports/callbacks.ts";

/** How much of which kind of body is read, and how long it may take to arrive. */
export const BODY_LIMITS = {
  /** JSON and forms, read whole before the route runs. */
  document: { maxBytes: 4 * 1024 * 1024, timeoutMs: 30 * SECOND },
  /** A mail with its files: what is larger is refused here, so that whoever brings it sends it back. */
  mail: { maxBytes: MAIL_LIMITS.bytes, timeoutMs: 60 * SECOND },
  /** Recipients of a notification to many: 100,000 of them. */
  list: { maxBytes: 16 * 1024 * 1024, timeoutMs: 30 * SECOND },
  /** Files; the size comes from MAX_UPLOAD_SIZE. */
  upload: { timeoutMs: 10 * MINUTE },
  /** A vendor's webhook: Meta's are 3 MB at most. */
  hook: { maxBytes: 3 * 1024 * 1024, timeoutMs: 10 * SECOND },
} as const;

interface Limit {
  readonly maxBytes: number;
  readonly timeoutMs: number;
}

/** Whole mails. */
const MAIL_HOOK = "/api/hooks/email";

const LIST_PATH = /\/notifications\/bulk$/;

/** Routes that take files, by the end of their path: nowhere else is a body worth that much memory. */
const UPLOAD_PATH = /\/(attachments|import)$/;

/** Kept as it came and read later: whoever signed it hears 200, whatever it holds. */
const KEPT_AS_IT_CAME = "/api/whatsapp/webhook";

const HOOKS: ReadonlySet<string> = new Set([
  KEPT_AS_IT_CAME,
  "/api/hooks/twilio",
  MAIL_HOOK,
  "/api/hooks/calls",
  "/api/watson/webhook",
  ...Object.values(CALLBACK_PATHS),
]);
/** Watson's tools prove themselves as its webhook does. */
const WATSON_TOOL = "/api/watson/tools/";

/** Whoever calls a hook proves itself by a signature, and may call far more often than a person. */
export function isHook(path: string): boolean {
  return HOOKS.has(path) || path.startsWith(WATSON_TOOL);
}

/** A form with files on a route that takes them is an upload; everything else is a document. */
export function limitFor(
  { path, contentType }: { path: string; contentType: string },
  maxUploadBytes: number,
): Limit {
  if (path === MAIL_HOOK) return BODY_LIMITS.mail;
  if (isHook(path)) return BODY_LIMITS.hook;
  if (LIST_PATH.test(path)) return BODY_LIMITS.list;
  return isUpload(path, contentType)
    ? { maxBytes: maxUploadBytes, timeoutMs: BODY_LIMITS.upload.timeoutMs }
    : BODY_LIMITS.document;
}

/** A mail that is more than words, or does not say how much it is: a few at a time, since anybody may bring one. */
export function isLargeMail(path: string, request: Request): boolean {
  if (path !== MAIL_HOOK) return false;
  const length = request.headers.get("content-length");
  return length === null || Number(length) > BODY_LIMITS.hook.maxBytes;
}

/** A form with files or a file alone, on a route that takes them: large, so read only for callers who are known. */
export function isUpload(path: string, contentType: string): boolean {
  return UPLOAD_PATH.test(path) && /^(multipart\/form-data|text\/csv)\b/i.test(contentType);
}

/** Asks the headers first: a look at `body` makes a stream of it. */
export function hasBody(request: Request): boolean {
  const length = request.headers.get("content-length");
  return length === null ? request.body !== null : length !== "0";
}

/** Throws AppError `payload_too_large` for a body that says itself that it is. */
export function refuseAnnounced(request: Request, { maxBytes }: Limit): void {
  if (Number(request.headers.get("content-length") ?? 0) > maxBytes) throw tooLarge(maxBytes);
}

/**
 * The whole body, within the limit of size (413) and of time (408), so that a slow or endless body never reaches
 * a route. Throws AppError `payload_too_large` or `request_timeout`.
 */
export async function readBody(request: Request, limit: Limit): Promise<Uint8Array<ArrayBuffer>> {
  refuseAnnounced(request, limit);
  // A body that has told its length is cut there by the server; a stream of it costs ten times as much as its bytes.
  const body = request.headers.has("content-length")
    ? await readAtOnce(request, limit.timeoutMs)
    : await readParts(request, limit);
  if (body.length > limit.maxBytes) throw tooLarge(limit.maxBytes);
  return body;
}

async function readAtOnce(request: Request, timeoutMs: number): Promise<Uint8Array<ArrayBuffer>> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(tooSlow(timeoutMs)), timeoutMs);
  try {
    return new Uint8Array(await Promise.race([request.arrayBuffer(), late.promise]));
  } catch (cause) {
    throw cause instanceof AppError ? cause : brokenOff(cause);
  } finally {
    clearTimeout(timer);
  }
}

async function readParts(request: Request, limit: Limit): Promise<Uint8Array<ArrayBuffer>> {
  if (request.body === null) return new Uint8Array();
  const reader = request.body.getReader();
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    reader.cancel("too slow").catch(() => {});
  }, limit.timeoutMs);
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      size += part.value.byteLength;
      if (size > limit.maxBytes) throw tooLarge(limit.maxBytes);
      chunks.push(part.value);
    }
  } catch (cause) {
    reader.cancel().catch(() => {});
    if (cause instanceof AppError) throw cause;
    throw late ? tooSlow(limit.timeoutMs) : brokenOff(cause);
  } finally {
    clearTimeout(timer);
  }
  if (late) throw tooSlow(limit.timeoutMs);
  return join(chunks, size);
}

const decoder = new TextDecoder();

/**
 * Puts a body that was read into Hono's request, as if a handler had read it. Spares a second request around it.
 * Throws AppError `bad_request` for JSON that is nested too deep.
 */
export function keepBody(c: Context, body: Uint8Array<ArrayBuffer>): void {
  const cache = cacheOf(c);
  cache.arrayBuffer = Promise.resolve(body.buffer);
  if (c.req.path === KEPT_AS_IT_CAME) return;
  if (isJson(c)) {
    const text = decoder.decode(body);
    if (isNestedTooDeep(text)) {
      throw new AppError("bad_request", `The JSON is nested more than ${MOST_NESTED} levels deep`);
    }
    cache.text = Promise.resolve(text);
  }
}

function isJson(c: Context): boolean {
  return /^application\/([\w.-]+\+)?json\b/i.test(c.req.raw.headers.get("content-type") ?? "");
}

/** For a route whose body may be left out: nothing at all under the name of JSON is no body, not broken JSON. */
export async function takeNothingAsNoBody(c: Context, next: () => Promise<void>): Promise<void> {
  if (isJson(c) && (await c.req.text()).trim() === "") cacheOf(c).text = Promise.resolve("{}");
  await next();
}

/** Hono's type tells the values; what it keeps are promises of them. */
function cacheOf(c: Context): { text?: Promise<string>; arrayBuffer?: Promise<ArrayBuffer> } {
  return c.req.bodyCache as unknown as ReturnType<typeof cacheOf>;
}

function brokenOff(cause: unknown): AppError {
  return new AppError("bad_request", "The body broke off before its end", { cause });
}

function tooSlow(timeoutMs: number): AppError {
  return new AppError("request_timeout", `The body did not arrive within ${timeoutMs / 1000} seconds`);
}

function tooLarge(maxBytes: number): AppError {
  return new AppError("payload_too_large", `The body is larger than ${maxBytes} bytes`, {
    extra: { max_bytes: maxBytes },
  });
}

function join(chunks: readonly Uint8Array[], size: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole;
}
