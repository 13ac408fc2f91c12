import { z } from "zod";
import { AppError, invalid } from "../../kernel/errors.ts";
import type { WhatsAppAccount, WhatsAppGraph } from "../../ports/whatsapp.ts";
import { mediaHash, mediaProblem } from "../../ports/whatsapp-content.ts";
import { whatsAppFailure, whatsAppFailureOf } from "../../ports/whatsapp-failures.ts";
import { numberOf } from "./account.ts";
import { type GraphCall, plain } from "./call.ts";

export interface MediaOptions {
  /** Hosts (with port) beside Meta's own from which media may be loaded; for tests and proxies. */
  readonly mediaHosts?: readonly string[];
  readonly timeoutMs?: number;
}

const idSchema = z.object({ id: z.string().min(1) });
const infoSchema = z.object({
  id: z.string().min(1),
  url: z.url(),
  mime_type: z.string().default("application/octet-stream"),
  sha256: z.string().nullish(),
  file_size: z.coerce.number().int().nonnegative().nullish().catch(null),
});

/** Meta serves media from these and hosts below them. */
const MEDIA_HOSTS = ["lookaside.fbsbx.com", "fbsbx.com", "fbcdn.net", "whatsapp.net"];
const TIMEOUT_MS = 20_000;
const UPLOAD_FACTOR = 5;

interface Around {
  readonly fetch: typeof globalThis.fetch;
  readonly call: GraphCall;
}

export function createMedia(
  options: MediaOptions,
  { fetch, call }: Around,
): Pick<WhatsAppGraph, "uploadMedia" | "mediaInfo" | "downloadMedia"> {
  const { mediaHosts = [], timeoutMs = TIMEOUT_MS } = options;

  function checkHost(text: string): URL {
    const url = URL.canParse(text) ? new URL(text) : null;
    if (url !== null && mediaHosts.includes(url.host)) return url;
    const meta = url?.protocol === "https:" && url.username === "" && url.port === "" &&
      MEDIA_HOSTS.some((host) => url.hostname === host || url.hostname.endsWith(`.${host}`));
    if (url !== null && meta) return url;
    throw invalid("url", "is not an address from which WhatsApp serves media");
  }

  return {
    async uploadMedia(account, { kind, body, mimeType, filename }, { signal } = {}) {
      const problem = mediaProblem(kind, { mimeType, size: body.size });
      if (problem !== null) throw invalid("media", problem);
      const form = new FormData();
      form.set("messaging_product", "whatsapp");
      form.set("type", mimeType);
      form.set("file", new File([body], filename, { type: mimeType }));
      return await call(account, {
        method: "POST",
        path: `${numberOf(account)}/media`,
        body: form,
        answer: idSchema,
        signal,
        timeoutMs: timeoutMs * UPLOAD_FACTOR,
      });
    },

    async mediaInfo(account, id, { signal } = {}) {
      try {
        const found = await call(account, {
          method: "GET",
          path: encodeURIComponent(id),
          query: { phone_number_id: numberOf(account) },
          answer: infoSchema,
          signal,
        });
        return {
          id: found.id,
          url: found.url,
          mimeType: found.mime_type,
          sha256: mediaHash(found.sha256),
          size: found.file_size ?? null,
        };
      } catch (thrown) {
        // Code 100 for an id that is gone, or was never ours.
        if (whatsAppFailureOf(thrown)?.graph_code !== 100) throw thrown;
        throw new AppError("not_found", "WhatsApp has no such media any more", { cause: thrown });
      }
    },

    async downloadMedia(account, url, { maxBytes, signal }) {
      const address = checkHost(url);
      const response = await open(address, { account, signal });
      const refuse = async (error: AppError) => {
        await response.body?.cancel();
        throw error;
      };
      const { status, headers } = response;
      if (status === 404 || status === 410) {
        return await refuse(new AppError("not_found", "The media's address is spent: ask for a new one"));
      }
      if (status === 401 || status === 403) {
        return await refuse(whatsAppFailure("auth", `WhatsApp refused the token for media (${status})`));
      }
      if (status !== 200 || response.body === null) {
        return await refuse(whatsAppFailure("retry_later", `WhatsApp answered ${status} in place of media`));
      }
      const told = headers.get("content-length");
      const size = told === null || !/^\d+$/.test(told) ? null : Number(told);
      if (size !== null && size > maxBytes) return await refuse(tooLarge(maxBytes));
      return { body: limited(response.body, maxBytes), contentType: headers.get("content-type"), size };
    },
  };

  /** The deadline is for the headers; a body takes as long as it takes, within the caller's signal. */
  async function open(
    url: URL,
    { account, signal }: { account: WhatsAppAccount; signal: AbortSignal | undefined },
  ): Promise<Response> {
    signal?.throwIfAborted();
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), timeoutMs);
    try {
      return await fetch(url, {
        headers: { authorization: `Bearer ${account.accessToken}`, "user-agent": "Cauce" },
        redirect: "manual",
        signal: signal ? AbortSignal.any([signal, deadline.signal]) : deadline.signal,
      });
    } catch (thrown) {
      if (signal?.aborted) throw signal.reason;
      throw whatsAppFailure("retry_later", "WhatsApp's media could not be loaded", { cause: plain(thrown) });
    } finally {
      clearTimeout(timer);
    }
  }
}

function tooLarge(maxBytes: number): AppError {
  return new AppError("payload_too_large", `The media has more than ${maxBytes} bytes`, {
    extra: { max_bytes: maxBytes },
  });
}

/** The same bytes, ended with an error as soon as there are too many or the connection breaks. */
function limited(
  source: ReadableStream<Uint8Array<ArrayBuffer>>,
  maxBytes: number,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const reader = source.getReader();
  let seen = 0;
  return new ReadableStream({
    async pull(controller) {
      const next = await reader.read().catch((thrown) => {
        throw whatsAppFailure("retry_later", "WhatsApp's media broke off", { cause: plain(thrown) });
      });
      if (next.done) return controller.close();
      seen += next.value.byteLength;
      if (seen <= maxBytes) return controller.enqueue(next.value);
      await reader.cancel().catch(() => {});
      throw tooLarge(maxBytes);
    },
    cancel: (reason) => reader.cancel(reason),
  });
}
