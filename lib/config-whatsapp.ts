import type { Settings } from "./config-schema.ts";

/** The number that the environment connects. */
export interface WhatsAppSettings {
  readonly appSecret: string;
  readonly verifyToken: string;
  readonly accessToken: string;
  readonly phoneNumberId: string;
  readonly businessAccountId: string;
}

const WHATSAPP_NAMES = [
  "WHATSAPP_APP_SECRET",
  "WHATSAPP_VERIFY_TOKEN",
  "WHATSAPP_ACCESS_TOKEN",
  "WHATSAPP_PHONE_NUMBER_ID",
  "WHATSAPP_BUSINESS_ACCOUNT_ID",
] as const;

/** Tokens and customers' words travel there: in the clear only within this machine. */
export function graphSettings(settings: Settings, problems: string[]): { url: string; version: string } {
  const { WHATSAPP_GRAPH_URL: url, WHATSAPP_GRAPH_VERSION: version } = settings;
  const clear = URL.canParse(url ?? "") && new URL(url).protocol === "http:";
  if (clear && !/^(localhost|\[::1\]|127(\.\d+){3})$/.test(new URL(url).hostname)) {
    problems.push("WHATSAPP_GRAPH_URL: must be https (http is for this machine only)");
  }
  return { url, version };
}

/** All or nothing: half a channel would receive and not answer, or answer and trust anybody's webhook. */
export function whatsAppSettings(settings: Settings, problems: string[]): WhatsAppSettings | null {
  const missing = WHATSAPP_NAMES.filter((name) => !settings[name]);
  if (missing.length === WHATSAPP_NAMES.length) return null;
  const set = WHATSAPP_NAMES.filter((name) => settings[name]).join(", ");
  for (const name of missing) problems.push(`${name}: must be set with ${set}`);
  for (const name of ["WHATSAPP_PHONE_NUMBER_ID", "WHATSAPP_BUSINESS_ACCOUNT_ID"] as const) {
    if (settings[name] && !/^\d{5,30}$/.test(settings[name])) {
      problems.push(`${name}: must be Meta's id, digits only (not the phone number with a +)`);
    }
  }
  return {
    appSecret: settings.WHATSAPP_APP_SECRET ?? "",
    verifyToken: settings.WHATSAPP_VERIFY_TOKEN ?? "",
    accessToken: settings.WHATSAPP_ACCESS_TOKEN ?? "",
    phoneNumberId: settings.WHATSAPP_PHONE_NUMBER_ID ?? "",
    businessAccountId: settings.WHATSAPP_BUSINESS_ACCOUNT_ID ?? "",
  };
}
