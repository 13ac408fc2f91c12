import { clientOfContact, findClient, findSite, siteOf } from "../clients/mod.ts";
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

/** The clock by which a visit's client lives: the site's, the client's, or else the business's. */
export async function clientZone(
  at: Ctx,
  { clientId }: Pick<VisitRow, "clientId">,
  { site, business }: {
    site: { readonly timezone: string | null } | null;
    business: { readonly timezone: string };
  },
): Promise<string> {
  if (site !== null && site.timezone !== null) return site.timezone;
  const client = clientId === null ? null : await findClient(at, clientId);
  return client?.timezone ?? business.timezone;
}

export interface Concerned {
  readonly client_id: string | null;
  readonly contact_id: string | null;
  readonly site_id: string | null;
  readonly ticket_id: string | null;
}

export type ConcernedRow = Pick<VisitRow, "clientId" | "contactId" | "siteId" | "ticketId">;

const NOBODY: ConcernedRow = { clientId: null, contactId: null, siteId: null, ticketId: null };

/**
 * Whom a visit is for: what is named, and what follows from it. What the visit `has` already stays, also when it was
 * removed since. Throws 422 for what is not there or doesn't fit.
 */
export async function concernedBy(
  tx: Tx,
  named: Concerned,
  has: ConcernedRow = NOBODY,
): Promise<ConcernedRow> {
  const { site_id: siteId, contact_id, client_id, ticket_id: ticketId } = named;
  const ticket = ticketId === null ? null : await findTicket(tx, ticketId);
  const site = siteId === null ? null : await (siteId === has.siteId ? siteOf : findSite)(tx, siteId);
  const client = client_id === null ? null : await findClient(tx, client_id);
  if (ticketId !== has.ticketId && ticketId !== null) there("ticket_id", ticket);
  if (siteId !== has.siteId && siteId !== null) there("site_id", site);
  if (client_id !== has.clientId && client_id !== null) there("client_id", client);
  if (contact_id !== has.contactId && contact_id !== null) {
    const contact = there("contact_id", await findContact(tx, contact_id));
    there("contact_id", contact.erasedAt === null ? contact : null);
  }
  const asked = client?.id ?? client_id;
  if (asked !== null && site !== null && site.clientId !== asked) {
    throw invalid("site_id", "is another client's site");
  }
  const contactId = contact_id ?? ticket?.contactId ?? null;
  const known = asked ?? site?.clientId ?? ticket?.clientId ?? null;
  const clientId = known ?? (contactId === null ? null : (await clientOfContact(tx, contactId))?.id ?? null);
  return { clientId, contactId, siteId: site?.id ?? null, ticketId };
}
