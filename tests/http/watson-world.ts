import type { GuardedFetch, GuardedFetchOptions } from "../../lib/ports/fetch.ts";
import { type Harness, harness, type HarnessOptions } from "../support/harness.ts";
import { ensureDefaultWorkspace } from "../support/watson.ts";

export const KEY = "watson-key-of-the-tests";
export const SECRET = "watson-secret-of-the-tests";

interface Line {
  readonly h: Harness;
  say(text: string, more?: Record<string, unknown>): ReturnType<Harness["request"]>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A business whose Watson has both secrets; `say` is the webhook with the right key. */
export async function openWatson(options: HarnessOptions = {}): Promise<Line & { token: string }> {
  const h = await harness({
    ...options,
    env: {
      WATSON_API_KEY: KEY,
      WATSON_JWT_SECRET: SECRET,
      PUBLIC_URL: "https://cauce.example.com",
      ...options.env,
    },
  });
  const { token } = await ensureDefaultWorkspace(h);
  return {
    h,
    token,
    say: (text, more = {}) =>
      h.request("POST", "/api/v1/watson/webhook", {
        headers: { "x-api-key": KEY },
        body: { session_id: "s1", text, ...more },
      }),
    [Symbol.asyncDispose]: () => h[Symbol.asyncDispose](),
  };
}

/** An outside that takes every call. */
export function quiet(answer: (url: string, body: string) => number): GuardedFetch {
  return Object.assign(
    (url: string, { body }: GuardedFetchOptions = {}) =>
      Promise.resolve({ status: answer(url, String(body)), headers: new Headers(), body: new Uint8Array() }),
    { check: () => Promise.resolve() },
  );
}
