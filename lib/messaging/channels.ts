import type { output } from "zod";
import {
  changeChannelAccount,
  type ChannelAccountView,
  type ChannelChange,
  channelSecrets,
  createChannelAccount,
  disconnectChannelAccount,
  getChannelAccount,
  listChannelAccounts,
  type NewChannelAccount,
  newChannelAccount,
} from "../conversations/mod.ts";
import type { Ctx } from "../context.ts";
import { schemaRefusal } from "../kernel/issues.ts";
import { forgetNumbers, whatsAppSecretsSchema, whatsAppSettingsSchema } from "./numbers.ts";

const keyOf = (phoneNumberId: string) => `whatsapp:${phoneNumberId}`;

/**
 * Connects a channel; of WhatsApp a number, with its token and its app's secret. Throws 409 when the number is
 * connected already, 422 when something of it is missing.
 */
export async function connectChannel(ctx: Ctx, given: NewChannelAccount): Promise<ChannelAccountView> {
  const input = newChannelAccount.parse(given);
  if (input.channel !== "whatsapp") return await createChannelAccount(ctx, input);
  const settings = settingsOf(input.settings);
  const secrets = secretsOf(input.secrets ?? {});
  const made = await createChannelAccount(ctx, { ...input, settings, secrets }, {
    key: keyOf(settings.phone_number_id),
  });
  forgetNumbers(ctx.ports);
  return made;
}

/** Changes a channel's name, settings or secrets, or switches it on or off. */
export async function changeChannel(
  ctx: Ctx,
  change: Omit<ChannelChange, "key">,
): Promise<ChannelAccountView> {
  const { channel, settings: before } = await getChannelAccount(ctx, change);
  if (channel !== "whatsapp") return await changeChannelAccount(ctx, change);
  const settings = settingsOf(withoutNulls({ ...before, ...change.settings }));
  if (change.secrets !== undefined) secretsOf({ ...await channelSecrets(ctx, change.id), ...change.secrets });
  const changed = await changeChannelAccount(ctx, { ...change, key: keyOf(settings.phone_number_id) });
  forgetNumbers(ctx.ports);
  return changed;
}

/** Takes a channel away; its conversations stay. */
export async function disconnectChannel(ctx: Ctx, { id }: { id: string }): Promise<void> {
  await disconnectChannelAccount(ctx, { id });
  forgetNumbers(ctx.ports);
}

/**
 * The number that the environment connects, in the workspace acted in: made at the first start, and brought to what
 * the settings say at every later one. Resolves to its account; null when the environment names none.
 */
export async function seedWhatsApp(ctx: Ctx): Promise<ChannelAccountView | null> {
  const { whatsapp } = ctx.config;
  if (whatsapp === null) return null;
  const settings = {
    phone_number_id: whatsapp.phoneNumberId,
    business_account_id: whatsapp.businessAccountId,
  };
  const secrets = {
    access_token: whatsapp.accessToken,
    app_secret: whatsapp.appSecret,
    verify_token: whatsapp.verifyToken,
  };
  const accounts = await listChannelAccounts(ctx, { channel: "whatsapp" });
  const standing = accounts.find(({ key }) => key === keyOf(whatsapp.phoneNumberId));
  if (standing === undefined) {
    return await connectChannel(ctx, { channel: "whatsapp", name: "WhatsApp", settings, secrets });
  }
  const before = await channelSecrets(ctx, standing.id);
  const same = Object.entries(secrets).every(([name, value]) => before[name] === value) &&
    standing.settings["business_account_id"] === settings.business_account_id;
  return same ? standing : await changeChannel(ctx, { id: standing.id, settings, secrets });
}

function settingsOf(given: Record<string, unknown>): output<typeof whatsAppSettingsSchema> {
  const parsed = whatsAppSettingsSchema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw schemaRefusal(parsed.error, ["settings"]);
}

function secretsOf(given: Record<string, string>): Record<string, string> {
  const parsed = whatsAppSecretsSchema.safeParse(given);
  if (!parsed.success) throw schemaRefusal(parsed.error, ["secrets"]);
  return given;
}

function withoutNulls(given: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null));
}
