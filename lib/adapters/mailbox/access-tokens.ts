import { z } from "zod";
import { SECOND } from "../../kernel/clock.ts";
import { AppError } from "../../kernel/errors.ts";
import { fromJson } from "../../kernel/json.ts";
import { readText } from "../fetch/read-text.ts";

/** What OAuth 2.0 (RFC 6749, 6) gives an access token for. */
export interface OauthAccount {
  readonly tokenUrl: string;
  readonly clientId: string;
  /** null: a public client. */
  readonly clientSecret: string | null;
  readonly refreshToken: string;
}

/** Where a refresh token is kept that the provider gave in the place of the one before. */
export interface KeptToken {
  /** The latest one; null: none was given yet. */
  load(): Promise<string | null>;
  save(refreshToken: string): Promise<void>;
}

export interface AccessTokens {
  /** One that is good for a while. Throws `upstream_rejected` when a person must give consent anew. */
  get(signal: AbortSignal): Promise<string>;
  /** The server did not take it: the next one is asked for anew. */
  forget(): void;
}

const answerSchema = z.object({
  access_token: z.string().min(1).max(20_000),
  expires_in: z.coerce.number().positive().default(3600),
  refresh_token: z.string().min(1).max(20_000).optional(),
});
const refusalSchema = z.object({ error: z.string().max(100).default("") }).catch({ error: "" });

/** Before its end: what begins with it should not outlive it. */
const EARLY_MS = 60 * SECOND;
const TIMEOUT_MS = 30 * SECOND;
const MOST_BYTES = 100_000;

/** Access tokens out of a refresh token, each used until shortly before its end. */
export function createAccessTokens(
  { tokenUrl, clientId, clientSecret, refreshToken }: OauthAccount,
  { fetch, now, kept }: {
    readonly fetch: typeof globalThis.fetch;
    readonly now: () => number;
    readonly kept: KeptToken;
  },
): AccessTokens {
  let current: { readonly token: string; readonly until: number } | null = null;
  /** Given, and not saved yet: the one before it may be good no more. Once saved, another process may have a later one. */
  let unsaved: string | null = null;

  async function renew(signal: AbortSignal): Promise<string> {
    const form = new URLSearchParams({
      grant_type: "refresh_token",
      refresh_token: unsaved ?? await kept.load() ?? refreshToken,
      client_id: clientId,
      ...(clientSecret === null ? {} : { client_secret: clientSecret }),
    });
    const { status, text } = await post(form, signal);
    if (status !== 200) throw refusal(status, text);
    const answer = answerSchema.safeParse(fromJson(text));
    if (!answer.success) throw failed("answered with no access token");
    const { access_token: token, expires_in: seconds, refresh_token: next } = answer.data;
    current = { token, until: now() + seconds * SECOND - EARLY_MS };
    if (next !== undefined && next !== form.get("refresh_token")) unsaved = next;
    if (unsaved !== null) {
      await kept.save(unsaved);
      unsaved = null;
    }
    return token;
  }

  async function post(form: URLSearchParams, signal: AbortSignal): Promise<{ status: number; text: string }> {
    try {
      const response = await fetch(tokenUrl, {
        method: "POST",
        headers: { accept: "application/json", "content-type": "application/x-www-form-urlencoded" },
        body: form.toString(),
        redirect: "error",
        signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
      });
      return { status: response.status, text: await readText(response, MOST_BYTES) };
    } catch (cause) {
      signal.throwIfAborted();
      throw failed("could not be reached, or gave no answer that can be read", cause);
    }
  }

  return {
    async get(signal) {
      return current !== null && now() < current.until ? current.token : await renew(signal);
    },
    forget() {
      current = null;
    },
  };
}

/** RFC 6749, 5.2: 400 and 401 say what is wrong with the client or its grant; the text may hold secrets. */
function refusal(status: number, text: string): AppError {
  const { error } = refusalSchema.parse(fromJson(text));
  const said = `${status}${/^[\w.-]+$/.test(error) ? ` ${error}` : ""}`;
  if (status !== 400 && status !== 401) return failed(`answered ${said}`);
  return new AppError(
    "upstream_rejected",
    `The mailbox's provider gives no access token (${said}): give consent anew and set IMAP_OAUTH_REFRESH_TOKEN`,
  );
}

function failed(what: string, cause?: unknown): AppError {
  return new AppError("upstream_failed", `The mailbox's token endpoint ${what}`, { cause });
}
