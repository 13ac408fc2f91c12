import { writtenTime } from "../business-time/mod.ts";
import { siteOf } from "../clients/mod.ts";
import type { Ctx, Tx } from "../context.ts";
import { loadBusiness } from "../conversations/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { type Audience, notify, operatorAudience } from "../notifications/mod.ts";
import { operatorsById } from "../operators/mod.ts";
import { linkOf } from "./link.ts";
import { clientZone } from "./load.ts";
import { VISIT_TEMPLATES } from "./notices.ts";
import { CLIENT } from "./policy.ts";
import { placeWords } from "./present.ts";
import { selectVisit, type VisitRow } from "./store.ts";

export type Side = "client" | "operator";
export type News = keyof typeof VISIT_TEMPLATES;

interface Telling {
  readonly visitId: string;
  readonly news: "scheduled" | "changed" | "cancelled";
  readonly sequence: number;
  readonly startsAt: number | null;
  readonly formerOperatorId: string | null;
}

/** Tells both sides what became of a visit. What changed again meanwhile is told by the later change. */
export async function tellOfVisit(
  ctx: Ctx,
  { visitId, news, sequence, startsAt, formerOperatorId }: Telling,
): Promise<void> {
  requireScope(ctx, "visits:write");
  const link = await linkOf(ctx, visitId);
  await ctx.transact(async (tx) => {
    const visit = await selectVisit(tx, visitId);
    if (visit === null || visit.startsAt !== startsAt) return;
    if ((visit.state === "cancelled") !== (news === "cancelled")) return;
    const key = (side: string) => `visit:${visitId}:${news}:${sequence}:${side}`;
    for (const side of ["client", "operator"] as const) {
      await tellSide(tx, { visit, side, news, link, key: key(side) });
    }
    if (formerOperatorId === null) return;
    const former = { ...visit, operatorId: formerOperatorId };
    await tellSide(tx, { visit: former, side: "operator", news: "cancelled", link, key: key("former") });
  });
}

interface Notice {
  readonly visit: VisitRow;
  readonly side: Side;
  readonly news: News;
  readonly link: string;
  readonly key: string;
  /** Afterwards it is no news. */
  readonly until?: number;
}

/** Writes one side's notification in the caller's transaction; nobody to tell is nothing to do. */
export async function tellSide(tx: Tx, { visit, side, news, link, key, until }: Notice): Promise<void> {
  if (visit.startsAt === null) return;
  const business = await loadBusiness(tx);
  const [operator] = visit.operatorId === null ? [] : await operatorsById(tx, [visit.operatorId]);
  const site = visit.siteId === null ? null : await siteOf(tx, visit.siteId);
  const clock = await clientZone(tx, visit, { site, business });
  const zone = side === "operator" ? operator?.timezone ?? clock : clock;
  const to = side === "client" ? clientAudience(visit) : operator && await operatorAudience(tx, operator);
  if (!to) return;
  await notify(tx, {
    to: [to],
    template: VISIT_TEMPLATES[news],
    data: {
      subject: visit.subject,
      when_es: writtenTime(visit.startsAt, { zone, language: "es" }),
      when_en: writtenTime(visit.startsAt, { zone, language: "en-GB" }),
      where: placeWords(site, visit.address) ?? "",
      operator: operator?.name ?? "",
      business: business.name,
      link: side === "client" && news !== "cancelled" ? link : "",
      reason: visit.cancelReason === CLIENT ? "" : visit.cancelReason ?? "",
      by_client: visit.cancelReason === CLIENT,
    },
    key,
    subjectId: visit.id,
    until,
  });
}

const clientAudience = ({ contactId }: VisitRow): Audience | null =>
  contactId === null ? null : { contactId };
