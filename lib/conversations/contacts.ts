import { audit } from "../audit/mod.ts";
import type { Ctx } from "../context.ts";
import { emit, emptyEvents } from "../events/mod.ts";
import { forgetAnswers } from "../idempotency/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { iso, isoOrNull } from "../kernel/clock.ts";
import { notFound } from "../kernel/errors.ts";
import { decodeCursor, type Page, type PageRequest, toPage } from "../kernel/page.ts";
import { forgetQuestions } from "../knowledge/mod.ts";
import { forgetUsageSubject } from "../usage/mod.ts";
import { dropBlobs } from "./blobs.ts";
import { attachmentView, type ContactView, contactView, conversationView, messageView } from "./present.ts";
import { selectOfContact } from "./store.ts";
import {
  type ContactRow,
  deleteIdentities,
  type IdentityRow,
  searchContacts,
  selectContact,
  selectContacts,
  selectIdentities,
  updateContact,
} from "./store-contacts.ts";
import { selectFormerIds } from "./store-merge.ts";
import { selectAttachments, selectRatings } from "./store-messages.ts";
import { emptyConversations, emptyMessages, selectAllMessages, selectUnansweredOf } from "./store-privacy.ts";

export interface ContactDetail extends ContactView {
  readonly identities: { readonly kind: IdentityRow["kind"]; readonly value: string }[];
  readonly opted_out_at: string | null;
  readonly created_at: string;
}

function detail(row: ContactRow, identities: readonly IdentityRow[]): ContactDetail {
  return {
    ...contactView(row),
    identities: identities.filter(({ contactId }) => contactId === row.id).map(({ kind, value }) => ({
      kind,
      value,
    })),
    opted_out_at: isoOrNull(row.optedOutAt),
    created_at: iso(row.createdAt),
  };
}

/** The newest first. */
export async function listContacts(
  ctx: Ctx,
  { limit, cursor, q }: PageRequest & { q?: string | undefined },
): Promise<Page<ContactDetail>> {
  requireScope(ctx, "contacts:read");
  const before = cursor === undefined ? undefined : String(decodeCursor(cursor, 1)[0]);
  const rows = await searchContacts(ctx, { q, before, limit: limit + 1 });
  const identities = await selectIdentities(ctx, rows.map(({ id }) => id));
  return toPage(rows, { limit, keysOf: ({ id }) => [id], toDto: (row) => detail(row, identities) });
}

export interface ContactChoice {
  readonly contactId: string;
}

export async function getContact(ctx: Ctx, { contactId }: ContactChoice): Promise<ContactDetail> {
  requireScope(ctx, "contacts:read");
  return detail(await loadContact(ctx, contactId), await selectIdentities(ctx, [contactId]));
}

/** Contacts by their ids, for what refers to them; those erased or not there are left out. */
export async function contactDetails(at: Ctx, ids: readonly string[]): Promise<ContactDetail[]> {
  if (ids.length === 0) return [];
  const rows = (await selectContacts(at, ids)).filter(({ erasedAt }) => erasedAt === null);
  const identities = await selectIdentities(at, rows.map(({ id }) => id));
  return rows.map((row) => detail(row, identities));
}

/** Everything that is stored about a contact. Written to the audit log: it is personal data that leaves. */
export async function exportContact(
  ctx: Ctx,
  { contactId }: ContactChoice,
): Promise<Record<string, unknown>> {
  requireScope(ctx, "contacts:write");
  return await ctx.transact(async (tx) => {
    const contact = await loadContact(tx, contactId);
    const conversations = await selectOfContact(tx, contactId);
    const ids = conversations.map(({ id }) => id);
    const messages = await selectAllMessages(tx, ids);
    const messageIds = messages.map(({ id }) => id);
    const attachments = await selectAttachments(tx, messageIds);
    const files = Map.groupBy(attachments, ({ messageId }) => messageId);
    const ratings = Map.groupBy(await selectRatings(tx, messageIds), ({ messageId }) => messageId);
    const said = Map.groupBy(messages, ({ conversationId }) => conversationId);
    const questions = await selectUnansweredOf(tx, ids);
    await audit(tx, { action: "contact.export", subjectId: contactId });
    return {
      exported_at: iso(tx.now()),
      contact: detail(contact, await selectIdentities(tx, [contactId])),
      conversations: conversations.map((conversation) => ({
        ...conversationView(conversation, contact),
        messages: (said.get(conversation.id) ?? []).map((message) => ({
          ...messageView(message, {
            attachments: files.get(message.id) ?? [],
            rating: ratings.get(message.id)?.[0],
          }),
          meta: message.meta,
        })),
      })),
      attachments: attachments.map((row) => ({
        ...attachmentView(row),
        message_id: row.messageId,
        sha256: row.sha256,
      })),
      unanswered_questions: questions.map(({ question, times, lastAskedAt }) => ({
        question,
        times,
        last_asked_at: iso(lastAskedAt),
      })),
    };
  });
}

export interface Erasure {
  readonly contact_id: string;
  readonly conversations: number;
  readonly messages: number;
  readonly attachments: number;
}

/**
 * Deletes what is known of a person, in one commit: names, identifiers, texts, questions, what events say; the files
 * go by a job of the same commit. That there were conversations, and when, stays for the figures.
 */
export async function eraseContact(ctx: Ctx, { contactId }: ContactChoice): Promise<Erasure> {
  requireScope(ctx, "contacts:write");
  return await ctx.transact(async (tx) => {
    await loadContact(tx, contactId);
    const conversationIds = (await selectOfContact(tx, contactId)).map(({ id }) => id);
    const { messages, blobKeys } = await emptyMessages(tx, conversationIds);
    await emptyConversations(tx, contactId);
    await forgetQuestions(tx, conversationIds);
    const subjectIds = [contactId, ...await selectFormerIds(tx, contactId)];
    await emptyEvents(tx, { conversationIds, subjectIds });
    await forgetUsageSubject(tx, contactId);
    await forgetAnswers(tx);
    await deleteIdentities(tx, contactId);
    await updateContact(tx, contactId, { name: null, locale: null, erasedAt: tx.now() });
    await dropBlobs(tx, blobKeys);
    const done = { conversations: conversationIds.length, messages, attachments: blobKeys.length };
    await emit(tx, { type: "contact.erased", subjectId: contactId });
    await audit(tx, { action: "contact.erase", subjectId: contactId, detail: done });
    return { contact_id: contactId, ...done };
  });
}

/** An erased contact is as good as none. */
export async function loadContact(at: Ctx, id: string): Promise<ContactRow> {
  const contact = await selectContact(at, id);
  if (contact === null || contact.erasedAt !== null) throw notFound("contact", id);
  return contact;
}
