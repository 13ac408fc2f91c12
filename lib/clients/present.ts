import { iso, isoOrNull } from "../kernel/clock.ts";
import type { ClientRow } from "./store.ts";
import type { SiteRow } from "./store-links.ts";

export interface ClientView {
  readonly id: string;
  readonly kind: ClientRow["kind"];
  readonly name: string;
  readonly tax_id: string | null;
  readonly external_id: string | null;
  readonly email: string | null;
  readonly phone: string | null;
  readonly contract: {
    readonly starts: string | null;
    readonly ends: string | null;
    readonly plan: string | null;
  };
  readonly sla_policy_id: string | null;
  readonly language: string | null;
  readonly timezone: string | null;
  readonly notes: string | null;
  readonly labels: string[];
  readonly custom: Record<string, string>;
  readonly created_at: string;
  readonly updated_at: string;
}

export function clientView(row: ClientRow): ClientView {
  return {
    id: row.id,
    kind: row.kind,
    name: row.name,
    tax_id: row.taxId,
    external_id: row.externalId,
    email: row.email,
    phone: row.phone,
    contract: { starts: row.contractStarts, ends: row.contractEnds, plan: row.contractPlan },
    sla_policy_id: row.slaPolicyId,
    language: row.language,
    timezone: row.timezone,
    notes: row.notes,
    labels: row.labels,
    custom: row.custom,
    created_at: iso(row.createdAt),
    updated_at: iso(row.updatedAt),
  };
}

export interface SiteView {
  readonly id: string;
  readonly client_id: string;
  readonly name: string;
  readonly address: string;
  readonly timezone: string | null;
  readonly latitude: number | null;
  readonly longitude: number | null;
  readonly hours: SiteRow["hours"];
  readonly access_notes: string | null;
  readonly removed_at: string | null;
  readonly created_at: string;
  readonly updated_at: string;
}

export function siteView(row: SiteRow): SiteView {
  return {
    id: row.id,
    client_id: row.clientId,
    name: row.name,
    address: row.address,
    timezone: row.timezone,
    latitude: row.latitude,
    longitude: row.longitude,
    hours: row.hours,
    access_notes: row.accessNotes,
    removed_at: isoOrNull(row.removedAt),
    created_at: iso(row.createdAt),
    updated_at: iso(row.updatedAt),
  };
}
