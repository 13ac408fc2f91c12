import { clientOfContact, clientOfPhone, findClient } from "../clients/mod.ts";
import type { Ctx, Tx } from "../context.ts";
import { contactOfPhone } from "../conversations/mod.ts";
import { DAY } from "../kernel/clock.ts";
import { invalid, there } from "../kernel/errors.ts";
import { normalPhone, phoneForms } from "../kernel/phone.ts";
import { findOperator } from "../operators/mod.ts";
import { findTicket, presentContact } from "../tickets/mod.ts";
import { selectCallSettings } from "./store.ts";

interface Named {
  readonly operator_id?: string | null | undefined;
  readonly client_id?: string | null | undefined;
  readonly contact_id?: string | null | undefined;
  readonly ticket_id?: string | null | undefined;
}

const KNOWN = {
  operator_id: findOperator,
  client_id: findClient,
  contact_id: presentContact,
  ticket_id: findTicket,
} as const;

/** Throws 422 for the first of these ids that is nothing of this workspace's. */
export async function requireNamed(tx: Tx, named: Named): Promise<void> {
  for (const field of ["operator_id", "client_id", "contact_id", "ticket_id"] as const) {
    const id = named[field] ?? null;
    if (id !== null) there(field, await KNOWN[field](tx, id));
  }
}

type Times = Readonly<Record<string, string | null | undefined>>;

export const IN_FUTURE = "is in the future";

/** The first of the times that is to come: a clock may go ahead a little; a call of next week is none. */
export function futureIn(tx: Tx, times: Times): string | null {
  const far = (time: string | null | undefined) =>
    typeof time === "string" && Date.parse(time) > tx.now() + DAY;
  return Object.entries(times).find(([, time]) => far(time))?.[0] ?? null;
}

/** Throws 422 for such a time. */
export function requireHappened(tx: Tx, times: Times): void {
  const path = futureIn(tx, times);
  if (path !== null) throw invalid(path, IN_FUTURE);
}

export interface Parties {
  readonly phone: string | null;
  readonly contactId: string | null;
  readonly clientId: string | null;
}

/** Whose number it is: a contact and its client, or the client whose own number it is. */
export async function partiesOf(
  tx: Tx,
  { phone: raw, country, contactId = null, clientId = null }: {
    phone: string | null;
    country: string | null;
    contactId?: string | null;
    clientId?: string | null;
  },
): Promise<Parties> {
  const phone = raw === null ? null : normalPhone(raw, country);
  const contact = contactId ?? (phone === null ? null : await contactOfPhone(tx, phoneForms(phone)));
  if (clientId !== null) return { phone, contactId: contact, clientId };
  const ofContact = contact === null ? null : await clientOfContact(tx, contact);
  const client = ofContact ??
    (phone === null ? null : await clientOfPhone(tx, [phone, ...national(phone, country)]));
  return { phone, contactId: contact, clientId: client?.id ?? null };
}

/** The ways in which the log may have kept numbers that somebody goes by, also before it knew the country. */
export async function loggedForms(at: Ctx, numbers: readonly string[]): Promise<string[]> {
  if (numbers.length === 0) return [];
  const country = (await selectCallSettings(at))?.country ?? null;
  const forms = numbers.flatMap((raw) => [raw, normalPhone(raw, country) ?? raw]).flatMap(phoneForms);
  return [...new Set([...forms, ...forms.flatMap((form) => national(form, country))])];
}

/** A client's number may have been written down without the country that it is in. */
function national(phone: string, country: string | null): string[] {
  return country !== null && phone.startsWith(`+${country}`) ? [phone.slice(country.length + 1)] : [];
}
