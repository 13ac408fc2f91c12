import { audit } from "../audit/mod.ts";
import {
  identify,
  type Identity,
  loadTalk,
  type MessageKind,
  openConversation,
  post,
  requireWindow,
  selectAccount,
  type Talk,
} from "../conversations/mod.ts";
import type { Ctx, Tx } from "../context.ts";
import { requireScope } from "../kernel/actors.ts";
import { AppError, invalid, notFound } from "../kernel/errors.ts";
import { cleanText } from "../kernel/text.ts";
import { DAY } from "../kernel/clock.ts";
import type { OutgoingContent } from "../ports/whatsapp-content.ts";
import { numbers } from "./numbers.ts";
import { selectOutgoing } from "./store-outgoing.ts";
import { requireTemplate } from "./template-check.ts";
import { type QueuedView, toQueuedViews } from "./view.ts";

export interface QueueOrder {
  /** A conversation, or else `to`. */
  readonly conversationId?: string | undefined;
  /** A phone with its country code, or a business-scoped id. */
  readonly to?: string | undefined;
  /** Which number sends to `to`; needed only where a workspace has several. */
  readonly channelAccountId?: string | undefined;
  readonly content: OutgoingContent;
  /** UTC milliseconds; not before. */
  readonly runAt?: number | undefined;
  /** The wamid that it answers. */
  readonly replyTo?: string | undefined;
}

const FARTHEST_MS = 365 * DAY;

/**
 * Puts a message into the queue, to go out now or at a time. Throws 409 with the reason when WhatsApp would not let
 * it out: the window of 24 hours is closed and it is no template, or the customer asked to be left alone.
 */
export async function enqueueMessage(ctx: Ctx, order: QueueOrder): Promise<QueuedView> {
  requireScope(ctx, "conversations:write");
  const { content, runAt, replyTo } = order;
  if (runAt !== undefined && runAt > ctx.now() + FARTHEST_MS) {
    throw invalid("run_at", "is more than a year from now");
  }
  const accountId = order.conversationId === undefined ? await senderOf(ctx, order) : null;
  return await ctx.transact(async (tx) => {
    const talk = accountId === null
      ? await loadTalk(tx, order.conversationId ?? "")
      : await talkWith(tx, { to: order.to ?? "", accountId });
    const { conversation, contact } = talk;
    if (conversation.channel !== "whatsapp") {
      throw new AppError("conflict", "This is not a WhatsApp conversation");
    }
    if (conversation.state === "closed") throw new AppError("conflict", "The conversation is closed");
    if (contact.optedOutAt !== null) {
      throw new AppError(
        "conflict",
        "The customer asked to be left alone; only an answer of an operator may go out",
        {
          extra: { reason: "opted_out" },
        },
      );
    }
    if (content.type !== "template") await requireWindow(tx, talk);
    else await requireTemplate(tx, { accountId: conversation.channelAccountId, content });
    const plain = content.type === "text" && content.preview_url === undefined;
    const { message } = await post(tx, {
      talk,
      text: wordsOf(content),
      author: "system",
      kind: KINDS[content.type],
      content: plain ? null : clean(content),
      runAt: runAt !== undefined && runAt > tx.now() ? runAt : null,
      meta: replyTo === undefined ? null : { reply_to: replyTo },
    });
    await audit(tx, { action: "message.enqueue", subjectId: message.id, detail: { type: content.type } });
    const row = await selectOutgoing(tx, message.id);
    const [view] = row === null ? [] : await toQueuedViews(tx, [row]);
    if (view === undefined) throw notFound("message", message.id);
    return view;
  });
}

const KINDS = {
  text: "text",
  template: "template",
  interactive_buttons: "interactive",
  interactive_list: "interactive",
  image: "image",
  audio: "audio",
  video: "video",
  document: "document",
  sticker: "sticker",
  location: "location",
  reaction: "reaction",
} as const satisfies Record<OutgoingContent["type"], MessageKind>;

/** What people read of it in lists and histories. */
function wordsOf(content: OutgoingContent): string {
  const words = () => {
    switch (content.type) {
      case "text":
        return content.text;
      case "template":
        return [
          `[${content.name}]`,
          ...(content.components ?? []).flatMap(({ parameters }) =>
            parameters.flatMap((one) => one.type === "text" ? [one.text] : [])
          ),
        ].join(" ");
      case "interactive_buttons":
        return [content.body, ...content.buttons.map(({ title }) => `▢ ${title}`)].join("\n");
      case "interactive_list":
        return [
          content.body,
          ...content.sections.flatMap(({ rows }) => rows.map(({ title }) => `▢ ${title}`)),
        ].join("\n");
      case "location":
        return [content.name, content.address, `${content.latitude}, ${content.longitude}`].filter(Boolean)
          .join("\n");
      case "reaction":
        return content.emoji;
      case "image":
      case "video":
      case "document":
        return content.caption ?? "";
      default:
        return "";
    }
  };
  return cleanText(words());
}

/** SQLite's text takes neither NUL nor half a character. */
function clean(content: OutgoingContent): OutgoingContent {
  return JSON.parse(
    JSON.stringify(content, (_key, value) => typeof value === "string" ? cleanText(value) : value),
  );
}

async function senderOf(ctx: Ctx, { to, channelAccountId }: QueueOrder): Promise<string> {
  if (to === undefined) throw invalid("to", "name `to` or `conversation_id`");
  const mine = [...(await numbers(ctx)).byAccount.values()]
    .filter(({ workspaceId, enabled }) => workspaceId === ctx.workspaceId && enabled);
  if (channelAccountId !== undefined) {
    if (mine.some(({ accountId }) => accountId === channelAccountId)) return channelAccountId;
    throw notFound("WhatsApp number", channelAccountId);
  }
  const [only, ...others] = mine;
  if (only === undefined) {
    throw new AppError("not_configured", "No WhatsApp number is connected: see /api/channels");
  }
  if (others.length > 0) throw invalid("channel_account_id", "must be named: several numbers are connected");
  return only.accountId;
}

async function talkWith(tx: Tx, { to, accountId }: { to: string; accountId: string }): Promise<Talk> {
  const account = await selectAccount(tx, accountId);
  if (account === null) throw notFound("WhatsApp number", accountId);
  const contact = await identify(tx, { identities: [identityOf(to)] });
  return { contact, conversation: await openConversation(tx, { account, contact }) };
}

function identityOf(to: string): Identity {
  const digits = to.replace(/[\s().-]/g, "");
  if (/^\+?\d{7,15}$/.test(digits)) return { kind: "phone", value: `+${digits.replace("+", "")}` };
  if (/^[A-Z]{2}\.(ENT\.)?[0-9A-Za-z]{1,128}$/.test(to)) return { kind: "whatsapp_bsuid", value: to };
  throw invalid("to", "must be a phone number with its country code, such as +525512345678");
}
