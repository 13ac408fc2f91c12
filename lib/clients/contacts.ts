import { audit } from "../audit/mod.ts";
import type { Ctx, Tx } from "../context.ts";
import { type ContactDetail, contactDetails, identify } from "../conversations/mod.ts";
import { emit } from "../events/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { AppError, invalid, notFound } from "../kernel/errors.ts";
import { decodeCursor, type Page, type PageRequest, toPage } from "../kernel/page.ts";
import { normalPhone } from "../kernel/phone.ts";
import { loadClient } from "./clients.ts";
import { type ContactLink, contactLink } from "./schemas.ts";
import type { ClientRow } from "./store.ts";
import { deleteLink, selectLink, selectLinks, upsertLink } from "./store-links.ts";
import { deleteWay } from "./store-ways.ts";
import { findClient } from "./clients.ts";

export interface ClientContact extends ContactDetail {
  readonly role: string | null;
}

/**
 * Makes a contact one of the client's: one that is known by its id, or whoever has the phone or e-mail, made when
 * nobody has. Throws 409 when it is another client's.
 */
export async function linkContact(
  ctx: Ctx,
  { id, ...input }: ContactLink & { id: string },
): Promise<ClientContact> {
  requireScope(ctx, "clients:write");
  const link = contactLink.parse(input);
  return await ctx.transact(async (tx) => {
    const client = await loadClient(tx, id);
    const contactId = link.contact_id ?? await personOf(tx, link);
    const [contact] = await contactDetails(tx, [contactId]);
    if (contact === undefined) throw invalid("contact_id", "is no contact of this workspace");
    const standing = await selectLink(tx, contactId);
    if (standing !== null && standing.clientId !== client.id) {
      throw new AppError("conflict", "The contact is another client's: unlink it there first", {
        extra: { client_id: standing.clientId },
      });
    }
    const role = link.role === undefined ? standing?.role ?? null : link.role;
    await upsertLink(tx, { contactId, clientId: client.id, role });
    const data = { client_id: client.id, contact_id: contactId };
    if (standing === null) await emit(tx, { type: "client.contact_linked", subjectId: client.id, data });
    await audit(tx, { action: "client.link_contact", subjectId: client.id, detail: { contactId } });
    return { ...contact, role };
  });
}

async function personOf(
  tx: Tx,
  { name, phone, email }: {
    name?: string | undefined;
    phone?: string | undefined;
    email?: string | undefined;
  },
): Promise<string> {
  const number = phone === undefined ? null : normalPhone(phone);
  const contact = await identify(tx, {
    name: name === "" ? null : name,
    identities: [
      ...(number === null ? [] : [{ kind: "phone" as const, value: number }]),
      ...(email === undefined ? [] : [{ kind: "email" as const, value: email }]),
    ],
  });
  return contact.id;
}

export async function unlinkContact(
  ctx: Ctx,
  { id, contactId }: { id: string; contactId: string },
): Promise<void> {
  requireScope(ctx, "clients:write");
  await ctx.transact(async (tx) => {
    const client = await loadClient(tx, id);
    const link = await selectLink(tx, contactId);
    if (link === null || link.clientId !== client.id) throw notFound("contact of the client", contactId);
    await deleteLink(tx, contactId);
    await deleteWay(tx, { contactId, clientId: client.id });
    const data = { client_id: client.id, contact_id: contactId };
    await emit(tx, { type: "client.contact_unlinked", subjectId: client.id, data });
    await audit(tx, { action: "client.unlink_contact", subjectId: client.id, detail: { contactId } });
  });
}

export async function listClientContacts(
  ctx: Ctx,
  { id, limit, cursor }: PageRequest & { id: string },
): Promise<Page<ClientContact>> {
  requireScope(ctx, "clients:read");
  const client = await loadClient(ctx, id);
  const after = cursor === undefined ? null : String(decodeCursor(cursor, 1)[0]);
  const links = await selectLinks(ctx, { clientId: client.id, after, limit: limit + 1 });
  const page = toPage(links, { limit, keysOf: ({ contactId }) => [contactId], toDto: (link) => link });
  const contacts = await contactDetails(ctx, page.data.map(({ contactId }) => contactId));
  const data = page.data.flatMap(({ contactId, role }) => {
    const contact = contacts.find((one) => one.id === contactId);
    return contact === undefined ? [] : [{ ...contact, role }];
  });
  return { data, next_cursor: page.next_cursor };
}

/** Who there is to talk to, where that is one person; null: nobody, or a choice. */
export async function onlyContactOf(at: Ctx, clientId: string): Promise<string | null> {
  const [first, second] = await selectLinks(at, { clientId, after: null, limit: 2 });
  return first === undefined || second !== undefined ? null : first.contactId;
}

/** Whose contact it is; null when nobody's. */
export async function clientOfContact(at: Ctx, contactId: string): Promise<ClientRow | null> {
  const link = await selectLink(at, contactId);
  return link === null ? null : await findClient(at, link.clientId);
}
