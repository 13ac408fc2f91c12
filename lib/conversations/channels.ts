import { z } from "zod";
import { audit } from "../audit/mod.ts";
import type { Ctx, Tx } from "../context.ts";
import { requireScope } from "../kernel/actors.ts";
import { iso } from "../kernel/clock.ts";
import { AppError, invalid, notFound } from "../kernel/errors.ts";
import { newId, newSecret } from "../kernel/ids.ts";
import { cleanText } from "../kernel/text.ts";
import { defaultWorkspaceId } from "../identity/mod.ts";
import { endSample } from "./sample.ts";
import { type Channel, CHANNELS } from "./store.ts";
import {
  type ChannelAccountRow,
  insertAccount,
  insertOwnAccount,
  selectAccount,
  selectAccountByKey,
  selectAccounts,
  updateAccount,
} from "./store-channels.ts";

export type { ChannelAccountRow } from "./store-channels.ts";

/** Never shows secrets. */
export interface ChannelAccountView {
  readonly id: string;
  readonly channel: Channel;
  readonly name: string;
  readonly key: string;
  readonly settings: Record<string, unknown>;
  readonly has_secrets: boolean;
  readonly enabled: boolean;
  readonly created_at: string;
}

export function accountView(row: ChannelAccountRow): ChannelAccountView {
  const { id, channel, name, key, settings, enabled } = row;
  return {
    id,
    channel,
    name,
    key,
    settings,
    enabled,
    has_secrets: row.secrets !== null,
    created_at: iso(row.createdAt),
  };
}

export async function listChannelAccounts(
  ctx: Ctx,
  { channel }: { channel?: Channel } = {},
): Promise<ChannelAccountView[]> {
  requireScope(ctx, "channels:read");
  return (await selectAccounts(ctx, channel)).filter(isConnected).map(accountView);
}

/** Throws 404 also for one that was disconnected. */
export async function getChannelAccount(ctx: Ctx, { id }: { id: string }): Promise<ChannelAccountView> {
  requireScope(ctx, "channels:read");
  return accountView(await load(ctx, id));
}

/** What was disconnected stays as a row, because conversations tell of it. */
const GONE = "gone:";
const isConnected = ({ key }: ChannelAccountRow) => !key.startsWith(GONE);

export const newChannelAccount = z.object({
  channel: z.enum(CHANNELS),
  name: z.string().transform(cleanText).pipe(z.string().trim().min(1).max(120)),
  settings: z.record(z.string(), z.unknown()).default({}),
  /** Tokens and the like; kept sealed. */
  secrets: z.record(z.string(), z.string()).nullable().default(null),
});
export type NewChannelAccount = z.input<typeof newChannelAccount>;

/** Channels through which real customers come: connecting one ends the sample business. */
const REAL: ReadonlySet<Channel> = new Set(["whatsapp"]);

/**
 * Connects a channel. The first real one takes the sample business out. `key` names it to the outside where the
 * channel has a name of its own, such as a phone number's id; throws 409 when an account has it already.
 */
export async function createChannelAccount(
  ctx: Ctx,
  input: NewChannelAccount,
  options: { readonly key?: string } = {},
): Promise<ChannelAccountView> {
  requireScope(ctx, "channels:write");
  const { channel, name, settings, secrets } = newChannelAccount.parse(input);
  const id = newId("channelAccount");
  const sealed = secrets === null ? null : await ctx.ports.secrets.seal(JSON.stringify(secrets), id);
  return await ctx.transact(async (tx) => {
    const key = options.key ?? newSecret(12);
    if (!await insertAccount(tx, { id, channel, name, key, settings, secrets: sealed, enabled: true })) {
      throw new AppError("conflict", "This is connected already, here or in another workspace");
    }
    if (REAL.has(channel)) await endSample(tx);
    await audit(tx, { action: "channel.create", subjectId: id, detail: { channel, name } });
    return accountView(await load(tx, id));
  });
}

/** The secrets of an account, opened. For channel senders and receivers only. */
export async function channelSecrets(ctx: Ctx, id: string): Promise<Record<string, string>> {
  requireScope(ctx, "channels:write");
  const { secrets } = await load(ctx, id);
  if (secrets === null) return {};
  return z.record(z.string(), z.string()).parse(JSON.parse(await ctx.ports.secrets.open(secrets, id)));
}

async function load(at: Ctx, id: string): Promise<ChannelAccountRow> {
  const row = await selectAccount(at, id);
  if (row === null || !isConnected(row)) throw notFound("channel account", id);
  return row;
}

export interface ChannelChange {
  readonly id: string;
  readonly name?: string | undefined;
  readonly enabled?: boolean | undefined;
  /** Those named are set; null takes one away. */
  readonly settings?: Record<string, unknown> | undefined;
  /** Those named are replaced, the others stay. */
  readonly secrets?: Record<string, string> | undefined;
  readonly key?: string;
}

/** Changes an account. Whatever held its messages back is tried anew. Throws 409 when the new key is taken. */
export async function changeChannelAccount(
  ctx: Ctx,
  { id, settings, secrets, ...rest }: ChannelChange,
): Promise<ChannelAccountView> {
  requireScope(ctx, "channels:write");
  const sealed = secrets === undefined
    ? undefined
    : await ctx.ports.secrets.seal(JSON.stringify({ ...await channelSecrets(ctx, id), ...secrets }), id);
  return await ctx.transact(async (tx) => {
    const row = await load(tx, id);
    const merged = Object.entries({ ...row.settings, ...settings }).filter(([, value]) => value !== null);
    const { name = row.name, enabled = row.enabled, key = row.key } = rest;
    const clean = cleanText(name).trim();
    if (clean === "" || clean.length > 120) throw invalid("name", "must have 1 to 120 characters");
    const other = key === row.key ? null : await selectAccountByKey(tx, key);
    if (other !== null) {
      throw new AppError("conflict", "This is connected already, here or in another workspace");
    }
    await updateAccount(tx, id, {
      name: clean,
      enabled,
      key,
      settings: Object.fromEntries(merged),
      secrets: sealed ?? row.secrets,
      pausedUntil: null,
      pauseReason: null,
    });
    const changed = [...Object.keys(rest), ...Object.keys(settings ?? {}), ...Object.keys(secrets ?? {})];
    await audit(tx, { action: "channel.change", subjectId: id, detail: { changed } });
    return accountView(await load(tx, id));
  });
}

/** Disconnects an account: its secrets go, nothing comes in or goes out; its conversations stay. */
export async function disconnectChannelAccount(ctx: Ctx, { id }: { id: string }): Promise<void> {
  requireScope(ctx, "channels:write");
  await ctx.transact(async (tx) => {
    const { channel, name, key } = await load(tx, id);
    if (key === DEFAULT_CHAT_KEY) {
      throw new AppError("conflict", "The workspace's own web chat can only be switched off");
    }
    await updateAccount(tx, id, { key: `${GONE}${id}`, enabled: false, secrets: null });
    await audit(tx, { action: "channel.disconnect", subjectId: id, detail: { channel, name } });
  });
}

const NAMES = { web: "Web", api: "API", console: "Console", whatsapp: "WhatsApp" } as const satisfies Record<
  Channel,
  string
>;

/** Channels that need no connecting. */
export type OwnChannel = "web" | "api" | "console";

/**
 * The workspace's own account of a channel that needs no connecting, made when it is first used. The default
 * workspace's web chat has the key `default`.
 */
export async function ensureAccount(
  ctx: Ctx,
  channel: OwnChannel,
): Promise<ChannelAccountRow> {
  const [standing] = await selectAccounts(ctx, channel);
  if (standing !== undefined) return standing;
  return await ctx.transact(async (tx) => {
    const [made] = await selectAccounts(tx, channel);
    return made ?? await makeOwnAccount(tx, channel);
  });
}

/** Makes it; the workspace must have none. */
export async function makeOwnAccount(tx: Tx, channel: OwnChannel): Promise<ChannelAccountRow> {
  return await insertOwnAccount(tx, {
    id: newId("channelAccount"),
    channel,
    name: NAMES[channel],
    key: channel === "web" ? newSecret(12) : `${channel}:${tx.workspaceId}`,
    settings: {},
    secrets: null,
    enabled: true,
  });
}

export const DEFAULT_CHAT_KEY = "default";

/** What a workspace needs to talk: its web chat. The default workspace's is at /chat, the others' at /chat/{key}. */
export async function ensureDefaults(ctx: Ctx): Promise<ChannelAccountView> {
  requireScope(ctx, "channels:write");
  if (await defaultWorkspaceId(ctx) !== ctx.workspaceId) return accountView(await ensureAccount(ctx, "web"));
  const standing = await selectAccountByKey(ctx, DEFAULT_CHAT_KEY);
  if (standing !== null) return accountView(standing);
  return await ctx.transact(async (tx) => {
    const id = newId("channelAccount");
    const fresh = {
      id,
      channel: "web" as const,
      name: NAMES.web,
      settings: {},
      secrets: null,
      enabled: true,
    };
    await insertAccount(tx, { ...fresh, key: DEFAULT_CHAT_KEY });
    return accountView(await load(tx, id));
  });
}
