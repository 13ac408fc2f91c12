import { clientOfContact, findClient, findSite } from "../clients/mod.ts";
import type { Ctx, Tx } from "../context.ts";
import { findContact } from "../conversations/mod.ts";
import { invalid, notFound, there } from "../kernel/errors.ts";
import { findTicket } from "../tickets/mod.ts";
import { selectVisit, type VisitRow } from "./store.ts";

/** Throws 404, also for another workspace's. */
export async function loadVisit(at: Ctx, id: string): Promise<VisitRow> {
  const visit = await selectVisit(at, id);
  if (visit === null) throw notFound("visit", id);
  return visit;
}

export interface Concerned {
  readonly client_id: string | null;
  readonly contact_id: string | null;
  readonly site_id: string | null;
  readonly ticket_id: string | null;
}

export type ConcernedRow = Pick<VisitRow, "clientId" | "contactId" | "siteId" | "ticketId">;

/** Whom a visit is for: what is named, and what follows from it. Throws 422 for what is not there or doesn't fit. */
export async function concernedBy(tx: Tx, named: Concerned): Promise<ConcernedRow> {
  const ticket = named.ticket_id === null ? null : there("ticket_id", await findTicket(tx, named.ticket_id));
  const site = named.site_id === null ? null : there("site_id", await findSite(tx, named.site_id));
  const contactId = named.contact_id ?? ticket?.contactId ?? null;
  if (named.contact_id !== null) {
    const contact = there("contact_id", await findContact(tx, named.contact_id));
    there("contact_id", contact.erasedAt === null ? contact : null);
  }
  const asked = named.client_id === null ? null : there("client_id", await findClient(tx, named.client_id));
  if (asked !== null && site !== null && site.clientId !== asked.id) {
    throw invalid("site_id", "is another client's site");
  }
  const known = asked?.id ?? site?.clientId ?? ticket?.clientId ?? null;
  const clientId = known ?? (contactId === null ? null : (await clientOfContact(tx, contactId))?.id ?? null);
  return { clientId, contactId, siteId: site?.id ?? null, ticketId: ticket?.id ?? null };
}
