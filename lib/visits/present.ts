import type { SiteRow } from "../clients/mod.ts";
import type { Ctx } from "../context.ts";
import { iso, isoOrNull } from "../kernel/clock.ts";
import type { StepRow, VisitRow } from "./store.ts";
import { type PhotoRow, selectPhotos } from "./store-photos.ts";

export interface CheckView {
  readonly at: string;
  readonly note: string | null;
  readonly latitude: number | null;
  readonly longitude: number | null;
}

export interface PhotoView {
  readonly id: string;
  readonly moment: PhotoRow["moment"];
  readonly name: string;
  readonly content_type: string;
  readonly size: number;
  readonly created_at: string;
}

export interface VisitView {
  readonly id: string;
  readonly state: VisitRow["state"];
  readonly subject: string;
  readonly instructions: string | null;
  readonly operator_id: string | null;
  readonly client_id: string | null;
  readonly contact_id: string | null;
  readonly site_id: string | null;
  readonly ticket_id: string | null;
  readonly address: string | null;
  readonly starts_at: string | null;
  readonly ends_at: string | null;
  readonly minutes: number;
  readonly confirmed_at: string | null;
  readonly confirmed_by: string | null;
  readonly cancel_reason: string | null;
  readonly check_in: CheckView | null;
  readonly check_out: CheckView | null;
  readonly photos: PhotoView[];
  readonly created_at: string;
  readonly updated_at: string;
}

/** Where it is, in words; a site that was emptied with its client says nothing any more. */
export function placeWords(site: SiteRow | null, address: string | null): string | null {
  return site === null || site.address === "" ? address : `${site.name}, ${site.address}`;
}

export async function visitViews(at: Ctx, rows: readonly VisitRow[]): Promise<VisitView[]> {
  const photos = Map.groupBy(await selectPhotos(at, rows.map(({ id }) => id)), ({ visitId }) => visitId);
  return rows.map((row) => toView(row, photos.get(row.id)));
}

export async function visitView(at: Ctx, row: VisitRow): Promise<VisitView> {
  return toView(row, await selectPhotos(at, [row.id]));
}

/** Also what events say of it. */
export function toView(row: VisitRow, photos: readonly PhotoRow[] = []): VisitView {
  return {
    id: row.id,
    state: row.state,
    subject: row.subject,
    instructions: row.instructions,
    operator_id: row.operatorId,
    client_id: row.clientId,
    contact_id: row.contactId,
    site_id: row.siteId,
    ticket_id: row.ticketId,
    address: row.address,
    starts_at: isoOrNull(row.startsAt),
    ends_at: isoOrNull(row.endsAt),
    minutes: row.minutes,
    confirmed_at: isoOrNull(row.confirmedAt),
    confirmed_by: row.confirmedBy,
    cancel_reason: row.cancelReason,
    check_in: row.checkedInAt === null ? null : {
      at: iso(row.checkedInAt),
      note: row.checkInNote,
      latitude: row.checkInLatitude,
      longitude: row.checkInLongitude,
    },
    check_out: row.checkedOutAt === null ? null : {
      at: iso(row.checkedOutAt),
      note: row.checkOutNote,
      latitude: row.checkOutLatitude,
      longitude: row.checkOutLongitude,
    },
    photos: photos.map(photoView),
    created_at: iso(row.createdAt),
    updated_at: iso(row.updatedAt),
  };
}

export function photoView({ id, moment, name, contentType, size, createdAt }: PhotoRow): PhotoView {
  return { id, moment, name, content_type: contentType, size, created_at: iso(createdAt) };
}

export interface StepView {
  readonly from: StepRow["from"];
  readonly to: StepRow["to"];
  readonly starts_at: string | null;
  readonly reason: string | null;
  readonly actor_id: string;
  readonly at: string;
}

export function stepView({ from, to, startsAt, reason, actorId, at }: StepRow): StepView {
  return { from, to, starts_at: isoOrNull(startsAt), reason, actor_id: actorId, at: iso(at) };
}
