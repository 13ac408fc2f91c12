import { audit } from "../audit/mod.ts";
import type { Ctx } from "../context.ts";
import { emit } from "../events/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { notFound } from "../kernel/errors.ts";
import { given } from "../kernel/given.ts";
import { newId } from "../kernel/ids.ts";
import { decodeCursor, type Page, type PageRequest, toPage } from "../kernel/page.ts";
import { loadClient } from "./clients.ts";
import { type SiteView, siteView } from "./present.ts";
import { type NewSite, newSite, type SiteChange, siteChange } from "./schemas.ts";
import { insertSite, selectSite, selectSites, type SiteRow, updateSite } from "./store-links.ts";

export async function createSite(ctx: Ctx, { id, ...input }: NewSite & { id: string }): Promise<SiteView> {
  requireScope(ctx, "clients:write");
  const { access_notes, ...fields } = newSite.parse(input);
  return await ctx.transact(async (tx) => {
    const { id: clientId } = await loadClient(tx, id);
    const now = tx.now();
    const row = {
      ...fields,
      id: newId("site"),
      clientId,
      accessNotes: access_notes,
      removedAt: null,
      createdAt: now,
      updatedAt: now,
    };
    await insertSite(tx, row);
    await emit(tx, {
      type: "site.created",
      subjectId: row.id,
      data: { site_id: row.id, client_id: clientId },
    });
    await audit(tx, { action: "site.create", subjectId: row.id, detail: { clientId } });
    return siteView({ ...row, workspaceId: tx.workspaceId });
  });
}

export async function changeSite(ctx: Ctx, { id, ...input }: SiteChange & { id: string }): Promise<SiteView> {
  requireScope(ctx, "clients:write");
  const { access_notes, ...plain } = siteChange.parse(input);
  return await ctx.transact(async (tx) => {
    const before = await loadStanding(tx, id);
    const change = given({ ...plain, accessNotes: access_notes, updatedAt: tx.now() });
    const row = { ...before, ...change };
    // Half a position is none: the refusal names what the whole row would lack.
    newSite.parse({ ...siteView(row) });
    await updateSite(tx, id, change);
    const data = { site_id: id, client_id: row.clientId };
    await emit(tx, { type: "site.changed", subjectId: id, data });
    await audit(tx, { action: "site.change", subjectId: id, detail: { fields: Object.keys(change) } });
    return siteView(row);
  });
}

/** Nobody is sent there any more; the visits that name it still say where they are. */
export async function removeSite(ctx: Ctx, { id }: { id: string }): Promise<void> {
  requireScope(ctx, "clients:write");
  await ctx.transact(async (tx) => {
    const { clientId } = await loadStanding(tx, id);
    await updateSite(tx, id, { removedAt: tx.now(), updatedAt: tx.now() });
    await emit(tx, { type: "site.removed", subjectId: id, data: { site_id: id, client_id: clientId } });
    await audit(tx, { action: "site.remove", subjectId: id, detail: { clientId } });
  });
}

/** Also one that was removed: a visit may have been there. */
export async function getSite(ctx: Ctx, { id }: { id: string }): Promise<SiteView> {
  requireScope(ctx, "clients:read");
  const site = await selectSite(ctx, id);
  if (site === null) throw notFound("site", id);
  return siteView(site);
}

/** Of one client, the newest first. */
export async function listSites(
  ctx: Ctx,
  { id, limit, cursor }: PageRequest & { id: string },
): Promise<Page<SiteView>> {
  requireScope(ctx, "clients:read");
  const { id: clientId } = await loadClient(ctx, id);
  const before = cursor === undefined ? null : String(decodeCursor(cursor, 1)[0]);
  const rows = await selectSites(ctx, { clientId, before, limit: limit + 1 });
  return toPage(rows, { limit, keysOf: (row) => [row.id], toDto: siteView });
}

/** Where somebody can be sent; null for a site that was removed, or went with its client. */
export async function findSite(at: Ctx, id: string): Promise<SiteRow | null> {
  const site = await selectSite(at, id);
  return site === null || site.removedAt !== null ? null : site;
}

/** Throws 404. */
async function loadStanding(at: Ctx, id: string): Promise<SiteRow> {
  const site = await findSite(at, id);
  if (site === null) throw notFound("site", id);
  return site;
}
