import type { GuardedFetch } from "../../ports/fetch.ts";
import type { NotifyProvider } from "../../ports/notify.ts";
import { callAddress, cut, refusal } from "./http.ts";

/** Slack's own bound for a message is 40,000 characters. */
const MAX = 39_000;

/** Slack's incoming webhooks (docs.slack.dev/messaging/sending-messages-using-incoming-webhooks). */
export function createSlack(fetch: GuardedFetch): NotifyProvider<"slack"> {
  return {
    name: "slack",
    channel: "slack",
    idempotent: false,
    async send({ url, subject, text, link }, { signal }) {
      const lines = [subject === null || subject === "" ? null : `*${escape(subject)}*`, escape(text), link]
        .filter((line) => line !== null);
      const answer = await callAddress(fetch, {
        url,
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ text: cut(lines.join("\n"), MAX), unfurl_links: false }),
        signal,
      });
      if (answer.status === 200) return { externalId: null, state: "delivered" };
      throw refusal(answer, { name: "Slack", by: { 403: "rejected", 404: "gone", 500: "unavailable" } });
    },
  };
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
