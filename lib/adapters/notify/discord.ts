import { fromJson } from "../../kernel/json.ts";
import { z } from "zod";
import type { GuardedFetch } from "../../ports/fetch.ts";
import type { NotifyProvider } from "../../ports/notify.ts";
import { notifyFailure } from "../../ports/notify-failures.ts";
import { callAddress, cut, plain, refusal, type VendorAnswer } from "./http.ts";

/** discord.com/developers/docs/resources/webhook#execute-webhook */
const LIMITS = { content: 2000, title: 256, description: 4096 } as const;

const messageSchema = z.object({ id: z.string() });
const errorSchema = z.object({
  code: z.number().optional(),
  message: z.string().optional(),
  retry_after: z.number().optional(),
});

/** Discord's webhooks, asked to wait: the answer is the message. Nobody is mentioned, whatever the words are. */
export function createDiscord(fetch: GuardedFetch): NotifyProvider<"discord"> {
  return {
    name: "discord",
    channel: "discord",
    idempotent: false,
    async send(message, { signal }) {
      const url = new URL(message.url);
      url.searchParams.set("wait", "true");
      const answer = await callAddress(fetch, {
        url: url.href,
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ ...wordsOf(message), allowed_mentions: { parse: [] } }),
        signal,
      });
      if (answer.status === 200 || answer.status === 204) {
        const parsed = messageSchema.safeParse(fromJson(answer.text));
        return { externalId: parsed.success ? parsed.data.id : null, state: "delivered" };
      }
      throw failure(answer);
    },
  };
}

function wordsOf({ subject, text, link }: { subject: string | null; text: string; link: string | null }) {
  const title = plain(subject ?? "");
  const content = [title === "" ? null : `**${title}**`, plain(text), link].filter((line) => line !== null)
    .join("\n");
  if (content.length <= LIMITS.content) return { content };
  return {
    embeds: [{
      ...(title === "" ? {} : { title: cut(title, LIMITS.title) }),
      description: cut(plain(text), LIMITS.description),
      ...(link === null ? {} : { url: link }),
    }],
  };
}

function failure(answer: VendorAnswer) {
  const { code, message, retry_after } = errorSchema.catch({}).parse(fromJson(answer.text));
  if (answer.status === 429 && retry_after !== undefined) {
    return notifyFailure("rate_limited", "Discord asks to wait", {
      vendorCode: 429,
      retryAfterMs: Math.ceil(retry_after * 1000),
    });
  }
  return refusal(answer, {
    name: "Discord",
    by: { 401: "gone", 403: "rejected", 404: "gone" },
    vendorCode: code ?? answer.status,
    detail: message ?? null,
  });
}
