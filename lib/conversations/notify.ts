import type { output } from "zod";
import { requireScope } from "../kernel/actors.ts";
import { iso } from "../kernel/clock.ts";
import { AppError } from "../kernel/errors.ts";
import { Impossible, RetryAfter } from "../kernel/retry.ts";
import type { JobCtx } from "../jobs/mod.ts";
import { loadBusiness } from "./business.ts";
import type { operatorsNotify } from "./jobs.ts";
import { RATES } from "./limits.ts";
import { conversationView } from "./present.ts";
import { selectTalk, type Talk } from "./store.ts";
import { signedHeaders } from "./webhook.ts";

type Notice = output<typeof operatorsNotify.schema>;

/**
 * Tells one target that a customer waits; not when somebody has taken the conversation meanwhile. A second run sends
 * the same mail (by its Message-ID) or webhook (by its `id`) again.
 */
export async function notifyOperator(ctx: JobCtx, notice: Notice): Promise<void> {
  requireScope(ctx, "conversations:read");
  const talk = await selectTalk(ctx, notice.conversationId);
  if (talk === null || talk.conversation.waitingSince !== notice.waitingSince) return;
  const { target } = notice;
  const address = target.kind === "mail" ? target.to : target.url;
  // Anybody can open chats and ask for a person in each: that must not fill a mailbox.
  const { allowed, retryAfterMs } = await ctx.ports.limiter.take(
    RATES.notices,
    `${ctx.workspaceId} ${address}`,
  );
  if (!allowed) throw new RetryAfter(retryAfterMs, "Too many notices to this address for now");
  if (target.kind === "mail") await sendMail(ctx, { talk, to: target.to });
  else await callWebhook(ctx, { talk, url: target.url });
}

async function sendMail(ctx: JobCtx, { talk, to }: { talk: Talk; to: string }): Promise<void> {
  const { name } = await loadBusiness(ctx);
  const { conversation, contact } = talk;
  const who = contact.name ?? "Un cliente / a customer";
  const address = `${ctx.config.server.publicUrl ?? ""}/inbox#${conversation.id}`;
  await ctx.ports.mail.send({
    id: `${conversation.id}.${conversation.waitingSince ?? 0}`,
    to,
    subject: `${name === "" ? "Cauce" : name}: ${
      oneLine(who)
    } espera a una persona / is waiting for a person`,
    text: `${oneLine(who)} (${conversation.channel}) espera desde / has been waiting since ${
      iso(conversation.waitingSince ?? conversation.lastMessageAt)
    }\n\n> ${oneLine(conversation.lastMessageText ?? "")}\n\n${address}\n`,
  });
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").slice(0, 200).toWellFormed();
}

async function callWebhook(ctx: JobCtx, { talk, url }: { talk: Talk; url: string }): Promise<void> {
  const { conversation, contact } = talk;
  const id = `${conversation.id}_${conversation.waitingSince ?? 0}`;
  const body = JSON.stringify({
    id,
    type: "conversation.waiting",
    at: iso(conversation.waitingSince ?? ctx.now()),
    data: { conversation: conversationView(conversation, contact) },
  });
  const headers = {
    "content-type": "application/json",
    "idempotency-key": id,
    ...await signedHeaders(ctx, { id, body }),
  };
  const { status } = await ctx.ports.fetch(url, { method: "POST", headers, body, signal: ctx.signal });
  if (status >= 200 && status < 300) return;
  if (status >= 500 || status === 408 || status === 429) {
    throw new AppError("upstream_failed", `The webhook answered ${status}`);
  }
  throw new Impossible(`The webhook refused the notice with ${status}`);
}
