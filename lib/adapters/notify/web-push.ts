import { buildPushPayload } from "@block65/webcrypto-web-push";
import { messageOf } from "../../kernel/errors.ts";
import type { GuardedFetch } from "../../ports/fetch.ts";
import type { NotifyProvider, PushMessage } from "../../ports/notify.ts";
import { notifyFailure } from "../../ports/notify-failures.ts";
import { callAddress, cut, refusal } from "./http.ts";

/** Voluntary Application Server Identification (RFC 8292). */
export interface Vapid {
  readonly publicKey: string;
  readonly privateKey: string;
  /** `mailto:` or `https:`. */
  readonly subject: string;
}

/** RFC 8291 leaves 3,993 bytes of a message of 4,096. */
const MAX_BYTES = 3900;

/** Web Push (RFC 8030): encrypted for the browser (RFC 8291), so no push service reads it. */
export function createWebPush(
  vapid: Vapid,
  { fetch }: { readonly fetch: GuardedFetch },
): NotifyProvider<"push"> {
  return {
    name: "web_push",
    channel: "push",
    idempotent: false,
    async send(message, { signal }) {
      const { endpoint, p256dh, auth, ttlSeconds, urgency } = message;
      const subscription = { endpoint, expirationTime: null, keys: { p256dh, auth } };
      const payload = await buildPushPayload(
        { data: dataOf(message), options: { ttl: ttlSeconds } },
        subscription,
        vapid,
      ).catch((cause: unknown) => {
        // Its texts begin with what they complain of: the browser's keys, or ours.
        const theirs = messageOf(cause).startsWith("Subscription");
        const detail = `The ${theirs ? "subscription's" : "server's VAPID"} keys can't be used`;
        throw notifyFailure(theirs ? "gone" : "auth", detail, { cause });
      });
      const { "content-length": _, ...headers } = payload.headers;
      const answer = await callAddress(fetch, {
        url: endpoint,
        headers: { ...headers, urgency },
        body: payload.body,
        signal,
      });
      if (answer.status >= 200 && answer.status < 300) {
        return { externalId: answer.headers.get("location")?.slice(0, 500) ?? null, state: "sent" };
      }
      throw refusal(answer, { name: "The push service", by: { 404: "gone", 413: "rejected" } });
    },
  };
}

/** What the service worker reads: the words are cut until the whole fits. */
function dataOf({ id, subject, text, data }: PushMessage): string {
  const title = cut(subject ?? "", 120);
  const write = (body: string, more: PushMessage["data"]) => JSON.stringify({ id, title, body, data: more });
  const size = (json: string) => new TextEncoder().encode(json).byteLength;
  const room = size(write("", data)) <= MAX_BYTES - 1000 ? data : {};
  for (let length = text.length; length > 1; length = Math.floor(length * 0.9)) {
    const json = write(cut(text, length), room);
    if (size(json) <= MAX_BYTES) return json;
  }
  return write("", room);
}
