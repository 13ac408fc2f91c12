import { siteOf } from "../clients/mod.ts";
import { type Ctx, publicAddress } from "../context.ts";
import { findContact, loadBusiness, localeOf } from "../conversations/mod.ts";
import { deriveSecret, isDerived } from "../identity/mod.ts";
import { systemActor } from "../kernel/actors.ts";
import { isoOrNull } from "../kernel/clock.ts";
import { AppError } from "../kernel/errors.ts";
import { operatorsById } from "../operators/mod.ts";
import { clientZone } from "./load.ts";
import { placeWords } from "./present.ts";
import { selectVisitOfAny, type VisitRow } from "./store.ts";

const PURPOSE = "visit link";

/** The address at which the client sees a visit and confirms it: whoever has it may do that and nothing else. */
export async function linkOf(ctx: Ctx, visitId: string): Promise<string> {
  const secret = await deriveSecret(ctx.config, PURPOSE, [visitId]);
  return publicAddress(ctx, `/api/visit-links/${visitId}.${secret}`);
}

/** What whoever holds the link sees. */
export interface VisitLinkView {
  readonly business: string;
  readonly subject: string;
  readonly state: VisitRow["state"];
  readonly starts_at: string | null;
  readonly ends_at: string | null;
  readonly timezone: string;
  readonly where: string | null;
  readonly operator: string | null;
  readonly locale: "es" | "en";
}

/** The visit of a token, and a context in its workspace. Throws 404 for a link that we did not make. */
export async function visitOfToken(ctx: Ctx, token: string): Promise<{ visit: VisitRow; inside: Ctx }> {
  const [visitId = "", given = ""] = token.split(".");
  const ours = await isDerived(ctx.config, { purpose: PURPOSE, parts: [visitId], given });
  const visit = ours ? await selectVisitOfAny(ctx, visitId) : null;
  if (visit === null) throw new AppError("not_found", "This link opens no visit");
  return { visit, inside: ctx.as({ actor: systemActor("visit-link"), workspaceId: visit.workspaceId }) };
}

export async function linkView(at: Ctx, visit: VisitRow): Promise<VisitLinkView> {
  const business = await loadBusiness(at);
  const site = visit.siteId === null ? null : await siteOf(at, visit.siteId);
  const [operator] = visit.operatorId === null ? [] : await operatorsById(at, [visit.operatorId]);
  const contact = visit.contactId === null ? null : await findContact(at, visit.contactId);
  return {
    business: business.name,
    subject: visit.subject,
    state: visit.state,
    starts_at: isoOrNull(visit.startsAt),
    ends_at: isoOrNull(visit.endsAt),
    timezone: await clientZone(at, visit, { site, business }),
    where: placeWords(site, visit.address),
    operator: operator?.name ?? null,
    locale: localeOf([contact?.locale], business.languages),
  };
}
