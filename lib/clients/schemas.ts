import { z } from "zod";
import { CLIENT_KINDS } from "../../db/schema/clients.ts";
import { calendarFields, dateInput, timezoneInput } from "../business-time/schemas.ts";
import { filledText, idField, languageTag, phoneField, text } from "../kernel/fields.ts";

export { CLIENT_KINDS };

/** Text that may be left empty: then there is none. */
const optionalText = (max: number) => text(max).transform((value) => value === "" ? null : value).nullable();

const emailInput = z.email().max(254).transform((value) => value.toLowerCase());

const contract = {
  starts: dateInput.nullable().meta({
    example: "2026-01-01",
    description:
      "Its first day, on the client's clock, else the business's; before it the SLA does not count",
  }),
  ends: dateInput.nullable().meta({
    example: "2026-12-31",
    description:
      "Its last day. Tickets that are opened later are promised what the default SLA policy says; " +
      "those that stand keep what was promised. Who may change clients is told once, so long before as the settings say",
  }),
  plan: optionalText(80).meta({ example: "oro" }),
};

/** Before it, within its days (both are of it), or after it; a contract of no days is current. */
export const CONTRACT_STATES = ["future", "current", "ended"] as const;
export type ContractState = typeof CONTRACT_STATES[number];

export const ENDS_EARLY = { message: "must not be before starts", path: ["ends"] };

export function isInOrder({ starts, ends }: { starts: string | null; ends: string | null }): boolean {
  return starts === null || ends === null || starts <= ends;
}

const fields = {
  kind: z.enum(CLIENT_KINDS).meta({ example: "company" }),
  name: filledText(200).meta({ example: "Panadería La Espiga" }),
  tax_id: optionalText(40).meta({ example: "PES010203AB1" }),
  external_id: optionalText(120).meta({
    example: "crm-1042",
    description: "Its id in another system; one client each",
  }),
  email: emailInput.nullable().meta({ example: "hola@espiga.example" }),
  phone: phoneField.nullable().meta({ example: "+52 81 1234 5678" }),
  contract: z.object({
    starts: contract.starts.default(null),
    ends: contract.ends.default(null),
    plan: contract.plan.default(null),
  }).refine(isInOrder, ENDS_EARLY).meta({
    example: { starts: "2026-01-01", ends: "2026-12-31", plan: "oro" },
  }),
  sla_policy_id: idField("sla_01kabcdefghjkmnpqrstvwxyz0").nullable().meta({
    description: "What new tickets are promised while the contract is current; null: the default policy",
  }),
  language: languageTag.nullable().meta({ example: "es" }),
  timezone: timezoneInput.nullable().meta({ example: "America/Monterrey" }),
  notes: optionalText(4000).meta({ example: "Prefieren que se llame antes de las 11." }),
  labels: z.array(filledText(60)).max(50).transform((all) => [...new Set(all)]).meta({ example: ["vip"] }),
  custom: z.record(z.string().min(1).max(60), text(1000))
    .refine((all) => Object.keys(all).length <= 50, "has more than 50 entries")
    .meta({ example: { zona: "norte" } }),
};

export const newClient = z.object({
  ...fields,
  kind: fields.kind.default("company"),
  tax_id: fields.tax_id.default(null),
  external_id: fields.external_id.default(null),
  email: fields.email.default(null),
  phone: fields.phone.default(null),
  contract: fields.contract.default({ starts: null, ends: null, plan: null }),
  sla_policy_id: fields.sla_policy_id.default(null),
  language: fields.language.default(null),
  timezone: fields.timezone.default(null),
  notes: fields.notes.default(null),
  labels: fields.labels.default([]),
  custom: fields.custom.default({}),
});
export type NewClient = z.input<typeof newClient>;
export type ClientFields = z.output<typeof newClient>;

/** What is left out stays as it is, of a contract too. */
export const clientChange = z.object({
  ...fields,
  contract: z.object(contract).partial().meta({ example: { ends: "2027-12-31" } }),
}).partial();
export type ClientChange = z.input<typeof clientChange>;

export const clientQuery = z.object({
  q: z.string().max(200).optional().meta({
    example: "espiga",
    description: "Beginnings of words of the name, the tax id, the external id, the address or the number",
  }),
  label: z.string().max(60).optional().meta({ example: "vip" }),
  external_id: z.string().max(120).optional().meta({ example: "crm-1042" }),
});

export const mergeInput = z.object({
  duplicate_id: idField("cli_01kabcdefghjkmnpqrstvwxyz1").meta({
    description: "The client that goes; contacts, sites and history come here. The contract is " +
      "one of the two as a whole, with its SLA: the client's own, unless it has none, or it ended and the " +
      "other's did not",
  }),
});

/** A contact that is known, or who it is. */
export const contactLink = z.object({
  contact_id: idField("con_01kabcdefghjkmnpqrstvwxyz0").optional(),
  name: text(200).optional().meta({ example: "Ana Ruiz" }),
  phone: phoneField.optional().meta({ example: "+52 81 8765 4321" }),
  email: emailInput.optional().meta({ example: "ana@espiga.example" }),
  role: optionalText(80).optional().meta({
    example: "compras",
    description: "Default: what it is already, or none",
  }),
}).refine(
  ({ contact_id, phone, email }) =>
    (contact_id === undefined) !== (phone === undefined && email === undefined),
  {
    message: "either contact_id, or a phone or email of somebody",
    path: ["contact_id"],
  },
);
export type ContactLink = z.input<typeof contactLink>;

const siteFields = {
  name: filledText(120).meta({ example: "Sucursal Centro" }),
  address: filledText(400).meta({ example: "Av. Juárez 101, Centro, Monterrey" }),
  timezone: timezoneInput.nullable().meta({ example: "America/Monterrey" }),
  latitude: z.number().min(-90).max(90).nullable().meta({ example: 25.6714 }),
  longitude: z.number().min(-180).max(180).nullable().meta({ example: -100.3094 }),
  hours: calendarFields.hours.meta({
    example: { monday: [{ from: "09:00", to: "18:00" }] },
    description: "When it may be visited, on its own clock; null: whenever",
  }),
  access_notes: optionalText(2000).meta({ example: "Preguntar por Luis en recepción." }),
};

export const newSite = z.object({
  ...siteFields,
  timezone: siteFields.timezone.default(null),
  latitude: siteFields.latitude.default(null),
  longitude: siteFields.longitude.default(null),
  hours: siteFields.hours.default(null),
  access_notes: siteFields.access_notes.default(null),
}).refine(({ latitude, longitude }) => (latitude === null) === (longitude === null), {
  message: "needs latitude and longitude, or neither",
  path: ["longitude"],
});
export type NewSite = z.input<typeof newSite>;

export const siteChange = z.object(siteFields).partial();
export type SiteChange = z.input<typeof siteChange>;

export const clientSettingsChange = z.object({
  contract_warning_days: z.int().min(0).max(365).optional().meta({
    example: 14,
    description: "So many days before a contract ends, who may change clients is told once; 0: never. " +
      "An end that was told of already is not told of again",
  }),
});
export type ClientSettingsChange = z.input<typeof clientSettingsChange>;
