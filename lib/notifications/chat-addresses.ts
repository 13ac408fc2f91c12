import { audit } from "../audit/mod.ts";
import type { Ctx } from "../context.ts";
import { requireScope } from "../kernel/actors.ts";
import { iso } from "../kernel/clock.ts";
import { invalid, notFound } from "../kernel/errors.ts";
import { newId } from "../kernel/ids.ts";
import { decodeCursor, type Page, type PageRequest, toPage } from "../kernel/page.ts";
import type { ChatChannel } from "./schemas.ts";
import {
  type ChatAddressRow,
  deleteChatAddress,
  selectChatAddresses,
  upsertChatAddress,
} from "./store-addresses.ts";

export interface ChatAddressView {
  readonly id: string;
  readonly channel: ChatChannel;
  readonly name: string;
  readonly created_at: string;
}

function view(
  { id, channel, name, createdAt }: Pick<ChatAddressRow, "id" | "channel" | "name" | "createdAt">,
) {
  return { id, channel, name, created_at: iso(createdAt) };
}

/** Where the workspace is told in Slack, Teams and Discord; the addresses themselves are never shown. */
export async function listChatAddresses(
  ctx: Ctx,
  { limit, cursor }: PageRequest,
): Promise<Page<ChatAddressView>> {
  requireScope(ctx, "notifications:read");
  const after = cursor === undefined ? null : String(decodeCursor(cursor, 1)[0]);
  const rows = await selectChatAddresses(ctx, { after, limit: limit + 1 });
  return toPage(rows, { limit, keysOf: ({ id }) => [id], toDto: view });
}

export interface NewChatAddress {
  readonly channel: ChatChannel;
  readonly name: string;
  readonly url: string;
}

/** Keeps an address under a name, in the place of the one that it named before. Throws 422 for one that is not public. */
export async function saveChatAddress(
  ctx: Ctx,
  { channel, name, url }: NewChatAddress,
): Promise<ChatAddressView> {
  requireScope(ctx, "webhooks:write");
  if (!url.startsWith("https://")) throw invalid("url", "must start with https://");
  await ctx.ports.fetch.check(url);
  const id = newId("chatAddress");
  const sealed = await ctx.ports.secrets.seal(url, id);
  return await ctx.transact(async (tx) => {
    await upsertChatAddress(tx, { id, channel, name, url: sealed });
    await audit(tx, { action: "chat_address.save", subjectId: id, detail: { channel, name } });
    return view({ id, channel, name, createdAt: tx.now() });
  });
}

export async function removeChatAddress(ctx: Ctx, id: string): Promise<void> {
  requireScope(ctx, "webhooks:write");
  await ctx.transact(async (tx) => {
    const row = await deleteChatAddress(tx, id);
    if (row === null) throw notFound("address", id);
    await audit(tx, {
      action: "chat_address.remove",
      subjectId: id,
      detail: { channel: row.channel, name: row.name },
    });
  });
}
