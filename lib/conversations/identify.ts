import type { Tx } from "../context.ts";
import { audit } from "../audit/mod.ts";
import { emit } from "../events/mod.ts";
import { enqueueLate } from "../jobs/mod.ts";
import { invalid } from "../kernel/errors.ts";
import { cleanText } from "../kernel/text.ts";
import { loadBusiness } from "./business.ts";
import { conversationAnswer } from "./jobs.ts";
import { type IdentityKind, selectOfContact, selectOpen, selectTalk, touchByBot } from "./store.ts";
import {
  type ContactRow,
  deleteContact,
  type Identity,
  type IdentityRow,
  insertContact,
  insertIdentity,
  moveIdentities,
  updateContact,
} from "./store-contacts.ts";
import { type Known, selectKnown } from "./store-arrival.ts";
import { moveContact } from "./store-merge.ts";
import { moveMessages } from "./store-messages.ts";
import { changeState } from "./transition.ts";

/** Who wrote, as a channel knows it: any of the identifiers may be missing. */
export interface Sender {
  readonly identities: readonly Identity[];
  readonly name?: string | null | undefined;
  readonly locale?: string | null | undefined;
}

/** Belong to one person for good. The others may be given up and taken by somebody else. */
const STRONG: ReadonlySet<IdentityKind> = new Set([
  "phone",
  "whatsapp_lid",
  "whatsapp_bsuid",
  "web",
  "external",
]);

/**
 * The contact with these identifiers, made when there is none. Two contacts that turn out to be one person (known
 * by a lid here, by a phone there, now both in one message) become the older one. A user name or address alone
 * never joins two people: it goes to whoever holds it now.
 */
export async function identify(tx: Tx, sender: Sender): Promise<ContactRow> {
  const identities = normalIdentities(sender.identities);
  return await settleOn(tx, { ...sender, identities }, await selectKnown(tx, identities));
}

/** The same once it was read whom the identifiers (normal ones) name. */
export async function settleOn(tx: Tx, sender: Sender, found: readonly Known[]): Promise<ContactRow> {
  const known = sender.identities.map((identity) => ({ identity, row: rowOf(identity, found) }));
  const strong = known.filter(({ identity }) => STRONG.has(identity.kind));
  const deciding = strong.length > 0 ? strong : known;
  const owners = [...new Set(deciding.flatMap(({ row }) => row === null ? [] : [row.contactId]))];
  const [survivor, ...others] = contactsOf(owners, found);
  const name = sender.name ? cleanText(sender.name).slice(0, 200) : null;
  let contact = survivor ?? await insertContact(tx, { name, locale: sender.locale ?? null });
  for (const other of others) contact = await merge(tx, { into: contact, from: other });
  for (const { identity, row } of known) {
    if (row === null) await insertIdentity(tx, contact.id, identity);
    else if (row.contactId !== contact.id && !owners.includes(row.contactId)) {
      await moveIdentities(tx, { ids: [row.id], to: contact.id });
    }
  }
  if (survivor !== undefined && name !== null && name !== contact.name) {
    await updateContact(tx, contact.id, { name });
    contact = { ...contact, name };
  }
  return contact;
}

function rowOf({ kind, value }: Identity, found: readonly Known[]): IdentityRow | null {
  return found.find(({ identity }) => identity.kind === kind && identity.value === value)?.identity ?? null;
}

/** The oldest first. */
function contactsOf(ids: readonly string[], found: readonly Known[]): ContactRow[] {
  const byId = new Map(found.map(({ contact }) => [contact.id, contact]));
  return ids.flatMap((id) => byId.get(id) ?? [])
    .sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1));
}

async function merge(tx: Tx, { into, from }: { into: ContactRow; from: ContactRow }): Promise<ContactRow> {
  for (const { id, channelAccountId, state, lastMessageText } of await selectOfContact(tx, from.id)) {
    const standing = state === "closed"
      ? null
      : await selectOpen(tx, { channelAccountId, contactId: into.id });
    if (standing === null) continue;
    // One account has one open conversation with a person: what is open in the other one goes on in this one.
    await moveMessages(tx, { from: id, to: standing.id });
    await touchByBot(tx, standing.id, lastMessageText ?? standing.lastMessageText ?? "");
    // The job that would have answered them knows the closed conversation only.
    if (standing.state === "bot") await enqueueLate(tx, conversationAnswer, { conversationId: standing.id });
    const talk = await selectTalk(tx, id);
    if (talk !== null) {
      await changeState(tx, { talk, transition: { to: "closed" }, business: await loadBusiness(tx) });
    }
  }
  await moveContact(tx, { from: from.id, into: into.id });
  const merged = {
    name: into.name ?? from.name,
    locale: into.locale ?? from.locale,
    optedOutAt: into.optedOutAt ?? from.optedOutAt,
  };
  await updateContact(tx, into.id, merged);
  await deleteContact(tx, from.id);
  await emit(tx, { type: "contact.merged", subjectId: from.id, data: { into: into.id } });
  await audit(tx, { action: "contact.merge", subjectId: from.id, detail: { into: into.id } });
  return { ...into, ...merged };
}

const NORMAL: { readonly [kind in IdentityKind]?: (value: string) => string } = {
  phone: (value) => `${value.trim().startsWith("+") ? "+" : ""}${value.replace(/\D/g, "")}`,
  email: (value) => value.trim().toLowerCase(),
  username: (value) => value.trim().toLowerCase().replace(/^@/, ""),
};

export function normalIdentities(identities: readonly Identity[]): Identity[] {
  const seen = new Map<string, Identity>();
  for (const { kind, value } of identities) {
    const clean = cleanText(value).trim();
    const normal = NORMAL[kind]?.(clean) ?? clean;
    if (normal === "" || normal === "+") throw invalid("contact", `has an empty ${kind}`);
    seen.set(`${kind}:${normal}`, { kind, value: normal });
  }
  if (seen.size === 0) throw invalid("contact", "needs at least one identifier");
  return [...seen.values()];
}
