import { fromJson } from "../../kernel/json.ts";
import type { z } from "zod";
import type { WhatsAppAccount } from "../../ports/whatsapp.ts";
import { whatsAppFailure } from "../../ports/whatsapp-failures.ts";
import { neverLeft } from "../fetch/left.ts";
import { readText } from "../fetch/read-text.ts";
import { answerFailure, lost, unsent, withoutSecrets } from "./failures.ts";

export interface GraphOptions {
  /** Without a slash at its end, such as `https://graph.facebook.com`. */
  readonly baseUrl: string;
  /** Such as `v25.0`. */
  readonly version: string;
  /** Deadline of one call, milliseconds; default 20,000. Uploads get five times that. */
  readonly timeoutMs?: number;
}

export interface GraphRequest<T> {
  readonly method: "GET" | "POST" | "DELETE";
  /** Below the version; parts that came from outside are encoded by the caller. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: FormData | Readonly<Record<string, unknown>>;
  readonly answer: z.ZodType<T>;
  readonly signal?: AbortSignal | undefined;
  /** True: repeating it would reach a customer twice, so an unreadable outcome is said to be unknown. */
  readonly once?: boolean;
  readonly timeoutMs?: number;
}

export type GraphCall = <T>(account: WhatsAppAccount, request: GraphRequest<T>) => Promise<T>;

const TIMEOUT_MS = 20_000;
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;

/** One attempt of one call: the answer as `answer` reads it, or an AppError that says what became of it. */
export function createGraphCall(
  options: GraphOptions,
  { fetch }: { fetch: typeof globalThis.fetch },
): GraphCall {
  return async (account, request) => {
    request.signal?.throwIfAborted();
    return read({ account, request, ...await attempt(account, request) });
  };

  async function attempt<T>(account: WhatsAppAccount, request: GraphRequest<T>) {
    const { signal, once = false, timeoutMs = options.timeoutMs ?? TIMEOUT_MS } = request;
    const address = addressOf(options, request);
    const how = init(account, request);
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), timeoutMs);
    try {
      const response = await fetch(address, {
        ...how,
        signal: signal ? AbortSignal.any([signal, deadline.signal]) : deadline.signal,
      });
      return { response, text: await readText(response, MAX_ANSWER_BYTES) };
    } catch (thrown) {
      if (neverLeft(thrown)) throw unsent(thrown);
      const late = deadline.signal.aborted || signal?.aborted;
      if (once) throw lost(late ? "gave no answer in time" : "broke the connection off", thrown);
      if (signal?.aborted) throw signal.reason;
      const what = late ? "did not answer in time" : "could not be reached, or broke the connection off";
      throw whatsAppFailure("retry_later", `WhatsApp ${what}`, { cause: plain(thrown) });
    } finally {
      clearTimeout(timer);
    }
  }
}

function init<T>(account: WhatsAppAccount, { method, body }: GraphRequest<T>): RequestInit {
  const headers = { authorization: `Bearer ${account.accessToken}`, accept: "application/json" };
  // A redirect could carry the token to another host.
  const common = { method, redirect: "manual" } as const;
  if (body === undefined) return { ...common, headers };
  if (body instanceof FormData) return { ...common, headers, body };
  return {
    ...common,
    headers: { ...headers, "content-type": "application/json" },
    // Deno's fetch sends a text again by itself when a kept connection breaks after it was sent; a Blob it does not.
    body: new Blob([JSON.stringify(body)]),
  };
}

interface Read<T> {
  readonly account: WhatsAppAccount;
  readonly request: GraphRequest<T>;
  readonly response: Response;
  readonly text: string;
}

function read<T>({ account, request, response, text }: Read<T>): T {
  const { ok, status, headers } = response;
  const body = fromJson(text);
  const failure = answerFailure({ status, headers, body, once: request.once ?? false });
  if (failure !== null) throw withoutSecrets(failure, account.accessToken);
  const parsed = request.answer.safeParse(body);
  if (ok && parsed.success) return parsed.data;
  if (request.once) throw lost(`answered ${status} with something that can't be read`);
  throw whatsAppFailure("retry_later", `WhatsApp answered ${status} with something that can't be read`);
}

function addressOf({ baseUrl, version }: GraphOptions, { path, query = {} }: GraphRequest<unknown>): string {
  const url = new URL(`${baseUrl}/${version}/${path}`);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.set(name, value);
  }
  return url.href;
}

/** The runtime's message quotes the address, and that may hold a token. */
export function plain(thrown: unknown): Error {
  return new Error(thrown instanceof Error ? thrown.name : "the connection failed");
}
