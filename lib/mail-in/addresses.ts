import { z } from "zod";
import { audit } from "../audit/mod.ts";
import type { Ctx, Tx } from "../context.ts";
import { emit } from "../events/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { iso } from "../kernel/clock.ts";
import { AppError, notFound, there, unlessTaken } from "../kernel/errors.ts";
import { newId, newSecret } from "../kernel/ids.ts";
import { decodeCursor, type Page, type PageRequest, toPage } from "../kernel/page.ts";
import { placesOfTokens, tagsOf, withoutTag } from "../mail-threads/mod.ts";
import { findTeam } from "../operators/mod.ts";
import { senderAddress } from "../ports/mail.ts";
import { findCategory } from "../tickets/mod.ts";
import {
  type AddressRow,
  deleteAddress,
  insertAddress,
  selectAddress,
  selectAddresses,
  updateAddress,
} from "./store-addresses.ts";

const belongs = {
  team_id: z.string().max(64).nullable().optional().meta({
    example: "tea_01kabcdefghjkmnpqrstvwxyz0",
    description: "The team whose its tickets are",
  }),
  category_id: z.string().max(64).nullable().optional().meta({
    example: "tca_01kabcdefghjkmnpqrstvwxyz0",
    description: "The category of its tickets",
  }),
};

export const newMailAddress = z.object({
  address: z.email().max(254).transform((one) => one.toLowerCase()).optional().meta({
    example: "soporte+ventas@empresa.example",
    description:
      "Left out: one that nobody can guess is made of the installation's inbox, to forward mail to",
  }),
  ...belongs,
});
export type NewMailAddress = z.input<typeof newMailAddress>;

export const mailAddressChange = z.object(belongs);
export type MailAddressChange = z.input<typeof mailAddressChange>;

export interface MailAddressView {
  readonly id: string;
  readonly address: string;
  readonly team_id: string | null;
  readonly category_id: string | null;
  readonly created_at: string;
}

function view({ id, address, teamId, categoryId, createdAt }: AddressRow): MailAddressView {
  return { id, address, team_id: teamId, category_id: categoryId, created_at: iso(createdAt) };
}

/** The addresses whose mails come to this workspace. */
export async function listMailAddresses(
  ctx: Ctx,
  { limit, cursor }: PageRequest,
): Promise<Page<MailAddressView>> {
  requireScope(ctx, "channels:read");
  const after = cursor === undefined ? null : String(decodeCursor(cursor, 1)[0]);
  const rows = await selectAddresses(ctx, { after, limit: limit + 1 });
  return toPage(rows, { limit, keysOf: ({ id }) => [id], toDto: view });
}

export async function getMailAddress(ctx: Ctx, { id }: { id: string }): Promise<MailAddressView> {
  requireScope(ctx, "channels:read");
  return view(await load(ctx, id));
}

/**
 * Has the mails to an address come to this workspace. Every workspace may take tags of the installation's inbox;
 * other addresses are for the platform's admin to give, so that nobody takes in what is for somebody else. Throws 409
 * for one that is taken.
 */
export async function addMailAddress(ctx: Ctx, given: NewMailAddress): Promise<MailAddressView> {
  requireScope(ctx, "channels:write");
  const { address: asked, ...belonging } = newMailAddress.parse(given);
  const address = asked ?? tagged(ctx.config.mailIn.inbox);
  await requireFree(ctx, address);
  const id = newId("mailAddress");
  return await ctx.transact(async (tx) => {
    const { teamId = null, categoryId = null } = await named(tx, belonging);
    await unlessTaken(() => insertAddress(tx, { id, address, teamId, categoryId }), takenWords(address));
    await emit(tx, { type: "mail_address.added", subjectId: id, data: { address } });
    await audit(tx, { action: "mail_address.add", subjectId: id, detail: { address } });
    return view(await load(tx, id));
  });
}

/** Changes whose its tickets are; the address itself stays. */
export async function changeMailAddress(
  ctx: Ctx,
  { id, ...given }: MailAddressChange & { readonly id: string },
): Promise<MailAddressView> {
  requireScope(ctx, "channels:write");
  const change = mailAddressChange.parse(given);
  return await ctx.transact(async (tx) => {
    await load(tx, id);
    await updateAddress(tx, id, await named(tx, change));
    await emit(tx, { type: "mail_address.changed", subjectId: id, data: { ...change } });
    await audit(tx, { action: "mail_address.change", subjectId: id, detail: { ...change } });
    return view(await load(tx, id));
  });
}

/** Mails to it are the default workspace's again. */
export async function removeMailAddress(ctx: Ctx, { id }: { id: string }): Promise<void> {
  requireScope(ctx, "channels:write");
  await ctx.transact(async (tx) => {
    const { address } = await load(tx, id);
    await deleteAddress(tx, id);
    await emit(tx, { type: "mail_address.removed", subjectId: id, data: { address } });
    await audit(tx, { action: "mail_address.remove", subjectId: id, detail: { address } });
  });
}

/** Lower case: some servers write whole addresses so. */
function tagged(inbox: string): string {
  return inbox.replace("@", `+${newSecret(12).toLowerCase().replace(/[_-]/g, "0")}@`);
}

/** Tags of threads are taken too: whoever answered one could else have the other answers come to itself. */
async function requireFree(ctx: Ctx, address: string): Promise<void> {
  const { mail, mailIn: { inbox } } = ctx.config;
  const ours = address === inbox || address === senderAddress(mail.from).toLowerCase();
  if (ours || (await placesOfTokens(ctx, tagsOf(ctx, [address]))).length > 0) {
    throw new AppError("conflict", takenWords(address));
  }
  if (withoutTag(address) !== inbox) requireScope(ctx, "platform:write");
}

const takenWords = (address: string) => `The address ${address} is taken`;

async function named(
  tx: Tx,
  { team_id: teamId, category_id: categoryId }: z.output<typeof mailAddressChange>,
): Promise<Partial<Pick<AddressRow, "teamId" | "categoryId">>> {
  if (typeof teamId === "string") there("team_id", await findTeam(tx, teamId));
  if (typeof categoryId === "string") there("category_id", await findCategory(tx, categoryId));
  return {
    ...(teamId === undefined ? {} : { teamId }),
    ...(categoryId === undefined ? {} : { categoryId }),
  };
}

async function load(at: Ctx, id: string): Promise<AddressRow> {
  const row = await selectAddress(at, id);
  if (row === null) throw notFound("mail address", id);
  return row;
}
