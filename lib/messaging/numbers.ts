import { z } from "zod";
import type { Ctx } from "../context.ts";
import { messageOf } from "../kernel/errors.ts";
import type { Ports } from "../ports/mod.ts";
import type { WhatsAppAccount } from "../ports/whatsapp.ts";
import { type ChannelAccountRow, selectWhatsAppAccounts } from "./store-numbers.ts";

/** A WhatsApp number that some workspace connected, ready to be used. */
export interface WhatsAppNumber {
  readonly accountId: string;
  readonly workspaceId: string;
  readonly enabled: boolean;
  /** What the port's calls take. */
  readonly call: WhatsAppAccount;
  readonly appSecret: string | null;
  readonly verifyToken: string | null;
  /** Shows customers that they are read and answered. */
  readonly showsTyping: boolean;
  readonly messagesPerSecond: number | null;
}

export const whatsAppSettingsSchema = z.object({
  phone_number_id: z.string().regex(/^\d{1,30}$/, "must be Meta's id of the number, digits only"),
  business_account_id: z.string().regex(/^\d{1,30}$/, "must be Meta's id, digits only").nullish(),
  display_phone_number: z.string().max(40).nullish(),
  messages_per_second: z.number().int().min(1).max(1000).nullish(),
  show_typing: z.boolean().default(true),
  window_template: z.object({ name: z.string().min(1), language: z.string().min(2) }).nullish(),
}).loose();

export const whatsAppSecretsSchema = z.object({
  access_token: z.string().min(1),
  app_secret: z.string().min(1).optional(),
  verify_token: z.string().min(1).optional(),
});

interface Directory {
  readonly loadedAt: number;
  readonly byNumber: ReadonlyMap<string, WhatsAppNumber>;
  readonly byAccount: ReadonlyMap<string, WhatsAppNumber>;
  /** Of every app that may sign webhooks, the last that did first. */
  readonly signers: { readonly secret: string }[];
  readonly verifyTokens: readonly string[];
}

/** Other processes may connect numbers too. */
const FRESH_MS = 10_000;
const known = new WeakMap<Ports, Promise<Directory>>();

/** Every connected number of every workspace, with opened secrets; kept for some seconds. */
export async function numbers(ctx: Ctx, { maxAgeMs = FRESH_MS } = {}): Promise<Directory> {
  const standing = known.get(ctx.ports);
  if (standing !== undefined) {
    const directory = await standing;
    if (performance.now() - directory.loadedAt <= maxAgeMs) return directory;
    if (known.get(ctx.ports) !== standing) return await numbers(ctx, { maxAgeMs });
  }
  const loading = load(ctx);
  known.set(ctx.ports, loading);
  loading.catch(() => known.get(ctx.ports) === loading && known.delete(ctx.ports));
  return await loading;
}

/** After a change of the accounts in this process. */
export function forgetNumbers(ports: Ports): void {
  known.delete(ports);
}

/** null: not connected, or without a token. */
export async function numberOfAccount(ctx: Ctx, accountId: string): Promise<WhatsAppNumber | null> {
  const number = (await numbers(ctx)).byAccount.get(accountId) ??
    (await numbers(ctx, { maxAgeMs: 1000 })).byAccount.get(accountId) ?? null;
  return number?.workspaceId === ctx.workspaceId ? number : null;
}

async function load(ctx: Ctx): Promise<Directory> {
  const loadedAt = performance.now();
  const rows = await selectWhatsAppAccounts(ctx);
  const found: WhatsAppNumber[] = [];
  for (const row of rows) {
    const number = await open(ctx, row);
    if (number !== null) found.push(number);
  }
  const secrets = new Set(found.flatMap(({ appSecret }) => appSecret ?? []));
  const tokens = new Set(found.flatMap(({ verifyToken }) => verifyToken ?? []));
  const { whatsapp } = ctx.config;
  if (whatsapp !== null) {
    secrets.add(whatsapp.appSecret);
    tokens.add(whatsapp.verifyToken);
  }
  return {
    loadedAt,
    byNumber: new Map(found.map((number) => [number.call.phoneNumberId, number])),
    byAccount: new Map(found.map((number) => [number.accountId, number])),
    signers: Array.from(secrets, (secret) => ({ secret })),
    verifyTokens: [...tokens],
  };
}

/** null for what can't be used: no secrets, a key that is gone, settings of another time. */
async function open(ctx: Ctx, row: ChannelAccountRow): Promise<WhatsAppNumber | null> {
  const settings = whatsAppSettingsSchema.safeParse(row.settings);
  if (!settings.success || row.secrets === null) return null;
  try {
    const secrets = whatsAppSecretsSchema.parse(
      JSON.parse(await ctx.ports.secrets.open(row.secrets, row.id)),
    );
    const { phone_number_id, business_account_id = null, show_typing, messages_per_second } = settings.data;
    return {
      accountId: row.id,
      workspaceId: row.workspaceId,
      enabled: row.enabled,
      call: {
        phoneNumberId: phone_number_id,
        businessAccountId: business_account_id,
        accessToken: secrets.access_token,
      },
      appSecret: secrets.app_secret ?? null,
      verifyToken: secrets.verify_token ?? null,
      showsTyping: show_typing,
      messagesPerSecond: messages_per_second ?? null,
    };
  } catch (thrown) {
    ctx.ports.log.log("error", "the secrets of a WhatsApp number can't be opened", {
      channel_account_id: row.id,
      error: messageOf(thrown),
    });
    return null;
  }
}
