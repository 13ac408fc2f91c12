import type { GuardedFetch } from "../../ports/fetch.ts";
import type { NotifyProvider } from "../../ports/notify.ts";
import { callAddress, cut, plain, refusal } from "./http.ts";

/** A card is 28 KB at most, and a letter up to four bytes. */
const MAX_TEXT = 6000;

/**
 * The Workflows webhook of Teams, "Post to a channel when a webhook request is received". It answers 202 before the
 * flow runs, so no more is known than that it was taken.
 */
export function createTeams(fetch: GuardedFetch): NotifyProvider<"teams"> {
  return {
    name: "teams",
    channel: "teams",
    idempotent: false,
    async send(message, { signal }) {
      const answer = await callAddress(fetch, {
        url: message.url,
        headers: { "content-type": "application/json" },
        body: JSON.stringify(cardOf(message)),
        signal,
      });
      if (answer.status === 200 || answer.status === 202) return { externalId: null, state: "sent" };
      throw refusal(answer, { name: "Teams", by: { 401: "rejected", 403: "rejected", 404: "gone" } });
    },
  };
}

function cardOf({ subject, text, link }: { subject: string | null; text: string; link: string | null }) {
  const title = subject === null || subject === "" ? [] : [{
    type: "TextBlock",
    text: cut(plain(subject), 200),
    weight: "Bolder",
    size: "Medium",
    wrap: true,
  }];
  return {
    type: "message",
    attachments: [{
      contentType: "application/vnd.microsoft.card.adaptive",
      contentUrl: null,
      content: {
        $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
        type: "AdaptiveCard",
        version: "1.4",
        body: [...title, { type: "TextBlock", text: cut(plain(text), MAX_TEXT), wrap: true }],
        ...(link === null ? {} : { actions: [{ type: "Action.OpenUrl", title: "Abrir / Open", url: link }] }),
      },
    }],
  };
}
