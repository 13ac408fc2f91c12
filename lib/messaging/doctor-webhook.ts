import type { Ctx } from "../context.ts";
import { AppError, messageOf } from "../kernel/errors.ts";
import { newSecret } from "../kernel/ids.ts";
import { fail, type Finding, ok, warn } from "./finding.ts";
import type { WhatsAppNumber } from "./numbers.ts";

/** Calls an address and tells what it answered. */
export type Ask = (url: string) => Promise<{ readonly status: number; readonly text: string }>;

const PATH = "/api/whatsapp/webhook";
const CHECK = "public address";
const PUBLISH = "set PUBLIC_URL to the https address under which the internet reaches this server " +
  "(a reverse proxy with a certificate; a tunnel while developing)";

/** Where Meta should send webhooks; null without PUBLIC_URL. */
export function webhookUrl(ctx: Ctx): string | null {
  const { publicUrl } = ctx.config.server;
  return publicUrl === null ? null : `${publicUrl}${PATH}`;
}

/** Whether Meta could reach our webhook: a public https address that answers our own challenge. */
export async function examineAddress(
  ctx: Ctx,
  { number, askLocal }: { number: WhatsAppNumber; askLocal: Ask | undefined },
): Promise<Finding> {
  const url = webhookUrl(ctx);
  if (url === null) return fail(CHECK, "PUBLIC_URL is not set: Meta has nowhere to send messages", PUBLISH);
  const verifyToken = number.verifyToken ?? ctx.config.whatsapp?.verifyToken ?? null;
  if (verifyToken === null) {
    const mend = "set WHATSAPP_VERIFY_TOKEN (or verify_token in the channel's secrets) to a text of yours";
    return fail(CHECK, "there is no verify token: the challenge can't be answered", mend);
  }
  const local = isLoopback(new URL(url).hostname);
  if (!local && !url.startsWith("https:")) {
    return fail(CHECK, `${url} is not https: Meta calls no other`, PUBLISH);
  }
  const problem = await challenge(url, { verifyToken, ask: local ? askLocal : guarded(ctx) });
  if (problem !== null) return fail(CHECK, ...problem);
  if (!local) return ok(CHECK, `${url} answers the challenge`);
  return warn(CHECK, `${url} answers the challenge, but only on this machine`, PUBLISH);
}

function guarded(ctx: Ctx): Ask {
  return async (url) => {
    const { status, body } = await ctx.ports.fetch(url, { maxBytes: 64 * 1024, maxRedirects: 0 });
    return { status, text: new TextDecoder().decode(body) };
  };
}

type Problem = readonly [message: string, mend: string];

/** null: answered as Meta wants it. */
async function challenge(
  url: string,
  { verifyToken, ask }: { verifyToken: string; ask: Ask | undefined },
): Promise<Problem | null> {
  if (ask === undefined) return [`${url} is this machine's own address`, PUBLISH];
  const word = newSecret(9);
  const query = new URLSearchParams({
    "hub.mode": "subscribe",
    "hub.verify_token": verifyToken,
    "hub.challenge": word,
  });
  try {
    const { status, text } = await ask(`${url}?${query}`);
    if (status === 200 && text === word) return null;
    return ANSWERS[status] === undefined
      ? strange(url, status)
      : [`${url} ${ANSWERS[status][0]}`, ANSWERS[status][1]];
  } catch (thrown) {
    const closed = thrown instanceof AppError && thrown.code === "validation_failed";
    const why = closed ? "its name leads to an address that is not public" : messageOf(thrown);
    const mend = closed
      ? PUBLISH
      : "start the server (deno task start), then look at proxy, certificate and DNS";
    return [`${url} can't be reached: ${why}`, mend];
  }
}

const ANSWERS: Readonly<Record<number, Problem>> = {
  403: [
    "refuses the verify token",
    "the running server has another one: restart it after a change of WHATSAPP_VERIFY_TOKEN",
  ],
  404: ["has no such path", "PUBLIC_URL leads to something else: let the proxy pass /api on to this server"],
  502: ["is not there behind its proxy", "start the server (deno task start) or mend the proxy's target"],
  503: ["has no number connected", "the running server knows none yet: restart it with the same settings"],
};

function strange(url: string, status: number): Problem {
  return [
    `${url} answers ${status} in place of the challenge`,
    "let the proxy pass /api on to this server unchanged",
  ];
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host.endsWith(".localhost") || host === "[::1]" || /^127\./.test(host);
}
