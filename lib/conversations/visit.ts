import type { Ctx } from "../context.ts";
import { requireScope, systemActor } from "../kernel/actors.ts";
import { addressBlock } from "../kernel/address.ts";
import { iso } from "../kernel/clock.ts";
import { AppError, notFound } from "../kernel/errors.ts";
import { newId } from "../kernel/ids.ts";
import type { Page, PageRequest } from "../kernel/page.ts";
import { cleanText } from "../kernel/text.ts";
import { issueVisitorToken } from "../identity/mod.ts";
import { calledText, loadBusiness, storefront, type StorefrontView } from "./business.ts";
import { RATES, takeRate } from "./limits.ts";
import { pageOfMessages } from "./list.ts";
import { openConversation } from "./open.ts";
import { type Received, receiveMessage } from "./receive.ts";
import { withFile } from "./attachments.ts";
import { post } from "./post.ts";
import { type MessageView, scopedId } from "./present.ts";
import { type ConversationRow, selectOfContact, selectOpen } from "./store.ts";
import { selectAccount, selectAccountByKey } from "./store-channels.ts";
import { type ContactRow, insertContact, insertIdentity, selectContact } from "./store-contacts.ts";
import { changeState } from "./transition.ts";
import { localeOf } from "./words.ts";

/** What a visitor may know of its own conversation: nothing about who works on it. */
export interface VisitView {
  readonly id: string;
  readonly state: ConversationRow["state"];
  readonly last_message_at: string;
  readonly created_at: string;
}

export interface ChatSessionView {
  readonly contact_id: string;
  readonly conversation: VisitView | null;
  readonly business: StorefrontView;
}

export interface NewChatSession extends ChatSessionView {
  readonly token: string;
  readonly expires_at: string;
}

export interface SessionInput {
  readonly key: string;
  readonly name?: string | null | undefined;
  readonly locale?: string | null | undefined;
}

/** Begins to visit a web chat, or goes on as the visitor whose token came along. Throws 404 for an unknown key. */
export async function openSession(ctx: Ctx, { key, name, locale }: SessionInput): Promise<NewChatSession> {
  await takeRate(ctx, RATES.sessions, addressBlock(ctx.address ?? "unknown"));
  const account = await selectAccountByKey(ctx, key);
  if (account === null || account.channel !== "web" || !account.enabled) throw notFound("chat", key);
  const { actor } = ctx;
  const returning = actor.kind === "visitor" && actor.channelAccountId === account.id ? actor.id : null;
  const inside = ctx.as({ workspaceId: account.workspaceId, actor: systemActor("chat") });
  const known = returning === null ? null : await selectContact(inside, returning);
  const contact = known?.erasedAt === null
    ? known
    : await makeVisitor(inside, { name: name ?? null, locale: locale ?? null });
  const { workspaceId, id: channelAccountId } = account;
  const issued = await issueVisitorToken(ctx, { contactId: contact.id, channelAccountId, workspaceId });
  return {
    token: issued.token,
    expires_at: iso(issued.expiresAt),
    ...await sessionOf(inside, { contact, channelAccountId }),
  };
}

async function makeVisitor(
  ctx: Ctx,
  { name, locale }: { name: string | null; locale: string | null },
): Promise<ContactRow> {
  const cleanName = name === null ? null : cleanText(name).trim() || null;
  return await ctx.transact(async (tx) => {
    const contact = await insertContact(tx, {
      name: cleanName,
      locale: locale === null ? null : cleanText(locale),
    });
    await insertIdentity(tx, contact.id, { kind: "web", value: newId("identity") });
    return contact;
  });
}

async function sessionOf(
  ctx: Ctx,
  { contact, channelAccountId }: { contact: ContactRow; channelAccountId: string },
): Promise<ChatSessionView> {
  const conversation = await selectOpen(ctx, { channelAccountId, contactId: contact.id });
  return {
    contact_id: contact.id,
    conversation: conversation === null ? null : visitView(conversation),
    business: await storefront(ctx, contact.locale),
  };
}

function visitView({ id, state, lastMessageAt, createdAt }: ConversationRow): VisitView {
  return { id, state, last_message_at: iso(lastMessageAt), created_at: iso(createdAt) };
}

/** The visitor that acts, with its contact. Throws 403 for anybody else, 410 for one that was erased. */
async function visitorOf(ctx: Ctx): Promise<{ contact: ContactRow; channelAccountId: string }> {
  requireScope(ctx, "chat:visit");
  const { actor } = ctx;
  if (actor.kind !== "visitor") throw new AppError("forbidden", "Only a visitor of the chat can do this");
  const contact = await selectContact(ctx, actor.id);
  if (contact === null || contact.erasedAt !== null) {
    throw new AppError("gone", "This chat was erased; begin a new one");
  }
  return { contact, channelAccountId: actor.channelAccountId };
}

export async function currentSession(ctx: Ctx): Promise<ChatSessionView> {
  return await sessionOf(ctx, await visitorOf(ctx));
}

/** The id of the visitor's open conversation, for its live stream; null when there is none. */
export async function visitorConversationId(ctx: Ctx): Promise<string | null> {
  const { contact, channelAccountId } = await visitorOf(ctx);
  return (await selectOpen(ctx, { channelAccountId, contactId: contact.id }))?.id ?? null;
}

export interface VisitorMessage {
  readonly text: string;
  /** The sender's own id: a retry under it is the same message. */
  readonly clientId?: string | null | undefined;
  readonly file?: { readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> };
}

/** The visitor says something, or sends a file. */
export async function receiveVisitorMessage(
  ctx: Ctx,
  { text, clientId, file }: VisitorMessage,
): Promise<Received> {
  const { contact, channelAccountId } = await visitorOf(ctx);
  await takeRate(ctx, RATES.messages, contact.id);
  const externalId = clientId ? scopedId(contact.id, clientId) : null;
  const incoming = { channelAccountId, contact: { id: contact.id }, externalId, text };
  if (file === undefined) return await receiveMessage(ctx, { ...incoming, kind: "text" });
  await takeRate(ctx, RATES.files, contact.id);
  return await withFile(
    ctx,
    file,
    (stored) => receiveMessage(ctx, { ...incoming, kind: stored.kind, files: [stored] }),
  );
}

/** All that the visitor ever said and was told on this account. */
export async function visitorMessages(
  ctx: Ctx,
  query: PageRequest & { after?: string | undefined },
): Promise<Page<MessageView>> {
  const { contact, channelAccountId } = await visitorOf(ctx);
  const own = (await selectOfContact(ctx, contact.id)).filter((row) =>
    row.channelAccountId === channelAccountId
  );
  return await pageOfMessages(ctx, { ...query, conversationIds: own.map(({ id }) => id) });
}

/** The visitor wants a person: the same as saying so. Nothing changes when one is called or there already. */
export async function askForPerson(ctx: Ctx): Promise<VisitView> {
  const { contact, channelAccountId } = await visitorOf(ctx);
  await takeRate(ctx, RATES.messages, contact.id);
  return await ctx.transact(async (tx) => {
    const account = await selectAccount(tx, channelAccountId);
    if (account === null || !account.enabled) throw notFound("channel account", channelAccountId);
    const conversation = await openConversation(tx, { account, contact });
    if (conversation.state !== "bot") return visitView(conversation);
    const business = await loadBusiness(tx);
    const locale = localeOf([conversation.locale, contact.locale], business.languages);
    const transition = { to: "waiting", reason: "asked" } as const;
    const talk = await changeState(tx, { talk: { conversation, contact }, transition, business });
    await post(tx, { talk, text: calledText(tx, { business, locale }), author: "bot" });
    return visitView(talk.conversation);
  });
}
