import type { Ctx } from "../context.ts";
import { requireScope, systemActor } from "../kernel/actors.ts";
import { addressBlock } from "../kernel/address.ts";
import { iso } from "../kernel/clock.ts";
import { AppError, notFound } from "../kernel/errors.ts";
import { newId } from "../kernel/ids.ts";
import type { Page, PageRequest } from "../kernel/page.ts";
import { cleanText } from "../kernel/text.ts";
import { issueVisitorToken } from "../identity/mod.ts";
import { calledText, loadBusiness, storefrontOf, type StorefrontView } from "./business.ts";
import { RATES, takeRate } from "./limits.ts";
import { pageOfMessages } from "./list.ts";
import { beginConversation } from "./open.ts";
import { erased, type Received, receiveMessage } from "./receive.ts";
import { withFile } from "./attachments.ts";
import { post } from "./post.ts";
import { type MessageView, scopedId } from "./present.ts";
import { type ConversationRow, selectOpen } from "./store.ts";
import { selectAccount, selectBusiness, selectDoor } from "./store-channels.ts";
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
  const door = await selectDoor(ctx, key);
  if (door === null || door.account.channel !== "web" || !door.account.enabled) throw notFound("chat", key);
  const { actor } = ctx;
  const { account } = door;
  const returning = actor.kind === "visitor" && actor.channelAccountId === account.id ? actor.id : null;
  const inside = ctx.as({ workspaceId: account.workspaceId, actor: systemActor("chat") });
  const { workspaceId, id: channelAccountId } = account;
  const [known, standing] = returning === null ? [null, null] : await Promise.all([
    selectContact(inside, returning),
    selectOpen(inside, { channelAccountId, contactId: returning }),
  ]);
  const isKnown = known?.erasedAt === null;
  const contact = isKnown ? known : await makeVisitor(inside, { name: name ?? null, locale: locale ?? null });
  const issued = await issueVisitorToken(ctx, { contactId: contact.id, channelAccountId, workspaceId });
  return {
    token: issued.token,
    expires_at: iso(issued.expiresAt),
    contact_id: contact.id,
    conversation: isKnown && standing !== null ? visitView(standing) : null,
    business: storefrontOf(door.business, { locale: contact.locale, now: ctx.now() }),
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

function visitView({ id, state, lastMessageAt, createdAt }: ConversationRow): VisitView {
  return { id, state, last_message_at: iso(lastMessageAt), created_at: iso(createdAt) };
}

/** The visitor that acts. Throws 403 for anybody else. */
function visitorOf(ctx: Ctx): { contactId: string; channelAccountId: string } {
  requireScope(ctx, "chat:visit");
  const { actor } = ctx;
  if (actor.kind !== "visitor") throw new AppError("forbidden", "Only a visitor of the chat can do this");
  return { contactId: actor.id, channelAccountId: actor.channelAccountId };
}

/** Throws 410 for one that was erased. */
async function loadVisitor(at: Ctx, id: string): Promise<ContactRow> {
  const contact = await selectContact(at, id);
  if (contact === null || contact.erasedAt !== null) throw erased();
  return contact;
}

export async function currentSession(ctx: Ctx): Promise<ChatSessionView> {
  const { contactId, channelAccountId } = visitorOf(ctx);
  const [contact, conversation, business] = await Promise.all([
    loadVisitor(ctx, contactId),
    selectOpen(ctx, { channelAccountId, contactId }),
    selectBusiness(ctx),
  ]);
  return {
    contact_id: contact.id,
    conversation: conversation === null ? null : visitView(conversation),
    business: storefrontOf(business, { locale: contact.locale, now: ctx.now() }),
  };
}

/** The id of the visitor's open conversation, for its live stream; null when there is none. */
export async function visitorConversationId(ctx: Ctx): Promise<string | null> {
  const { contactId, channelAccountId } = visitorOf(ctx);
  const [, open] = await Promise.all([
    loadVisitor(ctx, contactId),
    selectOpen(ctx, { channelAccountId, contactId }),
  ]);
  return open?.id ?? null;
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
  const { contactId, channelAccountId } = visitorOf(ctx);
  await takeRate(ctx, RATES.messages, contactId);
  const externalId = clientId ? scopedId(contactId, clientId) : null;
  const incoming = { channelAccountId, contact: { id: contactId }, externalId, text };
  if (file === undefined) return await receiveMessage(ctx, { ...incoming, kind: "text" });
  await takeRate(ctx, RATES.files, contactId);
  await loadVisitor(ctx, contactId);
  return await withFile(
    ctx,
    file,
    (stored, inside) => receiveMessage(inside, { ...incoming, kind: stored.kind, files: [stored] }),
  );
}

/** All that the visitor ever said and was told on this account. */
export async function visitorMessages(
  ctx: Ctx,
  query: PageRequest & { after?: string | undefined },
): Promise<Page<MessageView>> {
  const { contactId, channelAccountId } = visitorOf(ctx);
  const [, page] = await Promise.all([
    loadVisitor(ctx, contactId),
    pageOfMessages(ctx, { ...query, of: { contactId, channelAccountId } }),
  ]);
  return page;
}

/** The visitor wants a person: the same as saying so. Nothing changes when one is called or there already. */
export async function askForPerson(ctx: Ctx): Promise<VisitView> {
  const { contactId, channelAccountId } = visitorOf(ctx);
  await takeRate(ctx, RATES.messages, contactId);
  return await ctx.transact(async (tx) => {
    const [contact, account, standing, business] = await Promise.all([
      loadVisitor(tx, contactId),
      selectAccount(tx, channelAccountId),
      selectOpen(tx, { channelAccountId, contactId }),
      loadBusiness(tx),
    ]);
    if (account === null || !account.enabled) throw notFound("channel account", channelAccountId);
    const conversation = standing ?? await beginConversation(tx, { account, contact });
    if (conversation.state !== "bot") return visitView(conversation);
    const locale = localeOf([conversation.locale, contact.locale], business.languages);
    const transition = { to: "waiting", reason: "asked" } as const;
    const talk = await changeState(tx, { talk: { conversation, contact }, transition, business });
    await post(tx, { talk, text: calledText(tx, { business, locale }), author: "bot" });
    return visitView(talk.conversation);
  });
}
