import { z } from "zod";
import { audit } from "../audit/mod.ts";
import type { Ctx, Tx } from "../context.ts";
import { emit } from "../events/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { AppError } from "../kernel/errors.ts";
import { filledText, languageTag, phoneField } from "../kernel/fields.ts";
import { given } from "../kernel/given.ts";
import { type ContactChoice, type ContactDetail, contactDetails, loadContact } from "./contacts.ts";
import { normalIdentities } from "./identify.ts";
import { selectKnown } from "./store-arrival.ts";
import { type Identity, insertIdentity, updateContact } from "./store-contacts.ts";

export const contactChange = z.object({
  name: filledText(200).nullable().optional().meta({
    example: "Ana Ruiz",
    description: "What the person is called",
  }),
  locale: languageTag.nullable().optional().meta({
    example: "es",
    description: "The language in which the person is written to",
  }),
  email: z.email().max(254).optional().meta({
    example: "ana@example.com",
    description: "An address that is the person's too; mails go to the latest",
  }),
  phone: phoneField.optional().meta({
    example: "+528112345678",
    description: "A number that is the person's too, with its country code",
  }),
});
export type ContactChange = z.input<typeof contactChange>;

/**
 * Changes what is given of a contact; an address or a number is added to those that are known. Throws 404, 409 for one
 * that is somebody else's.
 */
export async function changeContact(
  ctx: Ctx,
  { contactId, ...input }: ContactChoice & ContactChange,
): Promise<ContactDetail> {
  requireScope(ctx, "contacts:write");
  const { name, locale, email, phone } = contactChange.parse(input);
  return await ctx.transact(async (tx) => {
    await loadContact(tx, contactId);
    await addIdentities(tx, contactId, [
      ...email === undefined ? [] : [{ kind: "email" as const, value: email }],
      ...phone === undefined ? [] : [{ kind: "phone" as const, value: phone }],
    ]);
    const change = given({ name, locale });
    if (Object.keys(change).length > 0) await updateContact(tx, contactId, change);
    const fields = Object.keys(given({ name, locale, email, phone }));
    await emit(tx, { type: "contact.changed", subjectId: contactId, data: { fields } });
    await audit(tx, { action: "contact.change", subjectId: contactId, detail: { fields } });
    const [changed] = await contactDetails(tx, [contactId]);
    if (changed === undefined) throw new Error("A contact that was just changed is not there");
    return changed;
  });
}

async function addIdentities(tx: Tx, contactId: string, given: readonly Identity[]): Promise<void> {
  if (given.length === 0) return;
  const identities = normalIdentities(given);
  const known = await selectKnown(tx, identities);
  for (const { kind, value } of identities) {
    const owner = known.find(({ identity }) => identity.kind === kind && identity.value === value)?.contact
      .id;
    if (owner === undefined) await insertIdentity(tx, contactId, { kind, value });
    else if (owner !== contactId) {
      throw new AppError("conflict", `This ${kind} is another contact's`, { extra: { contact_id: owner } });
    }
  }
}
