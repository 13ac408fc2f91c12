import { type Receiver, startReceiver, type TakenRequest } from "./receiver.ts";

function json(request: TakenRequest): Record<string, unknown> | null {
  if (!/^application\/json/.test(request.headers.get("content-type") ?? "")) return null;
  try {
    const body: unknown = JSON.parse(request.text);
    return typeof body === "object" && body !== null ? { ...body } : null;
  } catch {
    return null;
  }
}

const refuse = (status: number, body: string) => new Response(body, { status });

/** Slack's incoming webhooks: plain-text errors, `ok` for what it takes. */
export function startFakeSlack(): Receiver & { readonly url: string } {
  const path = "/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX";
  const server = startReceiver({
    check: (request) => {
      if (request.method !== "POST" || request.url.pathname !== path) return refuse(404, "no_service");
      const body = json(request);
      if (body === null) return refuse(400, "invalid_payload");
      const { text } = body;
      if (typeof text !== "string" || text === "") return refuse(400, "no_text");
      return text.length > 40_000 ? refuse(400, "msg_too_long") : null;
    },
    usual: () => new Response("ok"),
  });
  return Object.assign(server, { url: `${server.origin}${path}` });
}

/** The Workflows webhook of Teams: 202 for an adaptive card, and nothing else. */
export function startFakeTeams(): Receiver & { readonly url: string } {
  const path = "/workflows/abc/triggers/manual/paths/invoke?api-version=2016-06-01&sig=secret";
  const server = startReceiver({
    check: (request) => {
      if (request.url.searchParams.get("sig") !== "secret") {
        return refuse(401, "DirectApiAuthorizationRequired");
      }
      const body = json(request);
      if (body === null) return refuse(400, "InvalidRequestContent");
      if (request.bytes.byteLength > 28 * 1024) return refuse(413, "RequestEntityTooLarge");
      const { type, attachments } = body;
      const [card] = Array.isArray(attachments) ? attachments : [];
      const content = card?.content;
      const ok = type === "message" && card?.contentType === "application/vnd.microsoft.card.adaptive" &&
        content?.type === "AdaptiveCard" && typeof content?.version === "string" &&
        Array.isArray(content?.body) &&
        content.body.every((block: { type?: unknown; text?: unknown }) =>
          block.type === "TextBlock" && typeof block.text === "string"
        );
      return ok ? null : refuse(400, "InvalidTemplate");
    },
    usual: () => new Response(null, { status: 202 }),
  });
  return Object.assign(server, { url: `${server.origin}${path}` });
}

/** Discord's webhooks (discord.com/developers/docs/resources/webhook). */
export function startFakeDiscord(): Receiver & { readonly url: string } {
  const path = "/api/webhooks/1234567890/token-abc";
  const server = startReceiver({
    check: (request) => {
      if (request.url.pathname !== path) return refuse(404, '{"message":"Unknown Webhook","code":10015}');
      const body = json(request);
      const invalid = (message: string) => refuse(400, JSON.stringify({ message, code: 50035 }));
      if (body === null) return invalid("Invalid Form Body");
      const { content, embeds, allowed_mentions: mentions } = body;
      if (content === undefined && embeds === undefined) {
        return refuse(400, '{"message":"empty","code":50006}');
      }
      if (typeof content === "string" && content.length > 2000) return invalid("content is too long");
      for (const one of Array.isArray(embeds) ? embeds : []) {
        if ((one.title ?? "").length > 256 || (one.description ?? "").length > 4096) return invalid("embed");
      }
      const parse = typeof mentions === "object" && mentions !== null ? Reflect.get(mentions, "parse") : null;
      return Array.isArray(parse) && parse.length === 0 ? null : invalid("mentions somebody");
    },
    usual: ({ url }) =>
      url.searchParams.get("wait") === "true"
        ? Response.json({ id: "1100000000000000001" })
        : new Response(null, { status: 204 }),
  });
  return Object.assign(server, { url: `${server.origin}${path}` });
}
