import type { GuardedFetch } from "../../ports/fetch.ts";
import type { NotifyProvider } from "../../ports/notify.ts";
import { callAddress, refusal } from "./http.ts";

/**
 * Signed calls by the Standard Webhooks specification 1.0.0 (github.com/standard-webhooks). The id stays the same
 * over all tries, so a receiver can tell a repetition.
 */
export function createWebhooks(
  { fetch, now }: { readonly fetch: GuardedFetch; readonly now: () => number },
): NotifyProvider<"webhook"> {
  return {
    name: "webhook",
    channel: "webhook",
    idempotent: true,
    async send({ id, url, secrets, body }, { signal }) {
      const timestamp = String(Math.floor(now() / 1000));
      const signatures = await Promise.all(
        secrets.map((secret) => sign(secret, `${id}.${timestamp}.${body}`)),
      );
      const answer = await callAddress(fetch, {
        url,
        headers: {
          "content-type": "application/json",
          "user-agent": "Cauce-Webhooks/1",
          "webhook-id": id,
          "webhook-timestamp": timestamp,
          "webhook-signature": signatures.join(" "),
        },
        body,
        signal,
      });
      if (answer.status >= 200 && answer.status < 300) return { externalId: null, state: "delivered" };
      // The specification asks for another try whatever was answered, but for 410.
      const again = answer.status === 410 || answer.status === 429
        ? {}
        : { [answer.status]: "unavailable" } as const;
      throw refusal(answer, { name: "The endpoint", by: again });
    },
  };
}

async function sign(secret: string, text: string): Promise<string> {
  const bytes = Uint8Array.from(atob(secret.replace(/^whsec_/, "")), (c) => c.charCodeAt(0));
  const key = await crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const mac = new Uint8Array(await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(text)));
  return `v1,${btoa(String.fromCharCode(...mac))}`;
}
