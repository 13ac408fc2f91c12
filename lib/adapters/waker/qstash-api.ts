import { SECOND } from "../../kernel/clock.ts";

export interface QstashAccount {
  readonly url: string;
  readonly token: string;
}

export interface QstashCall {
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly timeoutMs?: number;
}

/** Until a connection that broke is tried once more. */
const PAUSE_MS = 100;

/** One POST to QStash (upstash.com/docs/qstash/api): its answer. Throws when it was not taken, or not in time. */
export async function callQstash(
  { url, token }: QstashAccount,
  { path, headers = {}, body = "", timeoutMs = 5 * SECOND }: QstashCall,
  { fetch }: { readonly fetch: typeof globalThis.fetch },
): Promise<unknown> {
  const signal = AbortSignal.timeout(timeoutMs);
  const post = () =>
    fetch(`${url}/v2/${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json", ...headers },
      body,
      redirect: "manual",
      signal,
    });
  const response = await post().catch(async (broken: unknown) => {
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    if (signal.aborted) throw broken;
    return await post();
  });
  if (!response.ok) {
    throw new Error(`QStash answered ${response.status}: ${(await response.text()).slice(0, 200)}`);
  }
  return await response.json();
}
