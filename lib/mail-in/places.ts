import type { Ctx, Tx } from "../context.ts";
import { defaultWorkspaceId } from "../identity/mod.ts";
import { AppError } from "../kernel/errors.ts";
import { placesOfTokens, tagsOf, withoutTag } from "../mail-threads/mod.ts";
import type { ParsedMail } from "../ports/mail-parser.ts";
import { parseProviderRecipients } from "./provider-json.ts";
import { type AddressRow, selectRegistered } from "./store-addresses.ts";

type Recipients = Pick<ParsedMail, "recipients" | "delivered">;

export interface Unplaced {
  readonly raw: Uint8Array<ArrayBuffer>;
  readonly format: "mime" | "json";
  /** The envelope's, where whoever brings the mail knows them. */
  readonly recipients?: readonly string[] | undefined;
}

/**
 * The workspaces that a mail is for. What servers on the way wrote counts first: a mail to several of them comes as
 * often, and each copy says whose it is. Then To and Cc. What is for nobody is the default workspace's; with none,
 * throws `not_configured`.
 */
export async function placesOf(ctx: Ctx, mail: Unplaced): Promise<string[]> {
  const { recipients, delivered } = await recipientsOf(ctx, mail);
  const said = [...(mail.recipients ?? []).map((one) => one.trim().toLowerCase()), ...delivered];
  const byEnvelope = await workspacesOf(ctx, said);
  const found = byEnvelope.length > 0 ? byEnvelope : await workspacesOf(ctx, recipients);
  if (found.length > 0) return found;
  const fallback = await defaultWorkspaceId(ctx);
  if (fallback === null) throw new AppError("not_configured", "There is no workspace that takes mail");
  return [fallback];
}

/** Of the address with its tag, else of the one without. */
export async function registeredAmong(ctx: Ctx, recipients: readonly string[]): Promise<AddressRow[]> {
  const rows = await selectRegistered(ctx, [...recipients, ...recipients.map(withoutTag)]);
  const byAddress = new Map(rows.map((row) => [row.address, row]));
  return recipients.flatMap((one) => byAddress.get(one) ?? byAddress.get(withoutTag(one)) ?? []);
}

/** The workspace's own address that a mail came to. */
export async function ownAddressOf(
  tx: Tx,
  { delivered, recipients }: Recipients,
): Promise<AddressRow | null> {
  const rows = await registeredAmong(tx, [...delivered, ...recipients]);
  return rows.find(({ workspaceId }) => workspaceId === tx.workspaceId) ?? null;
}

/** Answers in a thread belong to the thread's workspace; what comes to the inbox itself, to the default one. */
async function workspacesOf(ctx: Ctx, recipients: readonly string[]): Promise<string[]> {
  if (recipients.length === 0) return [];
  const threads = await placesOfTokens(ctx, tagsOf(ctx, recipients));
  const rows = await registeredAmong(ctx, recipients);
  const fallback = recipients.includes(ctx.config.mailIn.inbox) ? await defaultWorkspaceId(ctx) : null;
  const all = [
    ...threads,
    ...rows.map(({ workspaceId }) => workspaceId),
    ...fallback === null ? [] : [fallback],
  ];
  return [...new Set(all)];
}

/** Headers longer than that are nobody's. */
const MOST_HEAD = 512 * 1024;

/** Nobody for what can't be read: the job that reads it says so. */
async function recipientsOf(ctx: Ctx, { raw, format }: Unplaced): Promise<Recipients> {
  try {
    return format === "json" ? parseProviderRecipients(raw) : await ctx.ports.mailParser.parse(headOf(raw));
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.code === "bad_request") return { recipients: [], delivered: [] };
    throw thrown;
  }
}

const NEWLINE = 10;
const RETURN = 13;

/** The header section: up to the first empty line. */
function headOf(raw: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const end = Math.min(raw.byteLength, MOST_HEAD);
  for (let at = raw.indexOf(NEWLINE); at !== -1 && at < end; at = raw.indexOf(NEWLINE, at + 1)) {
    const next = raw[at + 1] === RETURN ? raw[at + 2] : raw[at + 1];
    if (next === NEWLINE) return raw.slice(0, at + 1);
  }
  return raw.slice(0, end);
}
