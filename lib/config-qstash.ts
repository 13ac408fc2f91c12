import type { Settings } from "./config-schema.ts";

/** QStash, which calls back for each job where no process of ours stays alive. */
export interface QstashSettings {
  readonly url: string;
  readonly token: string;
  readonly currentSigningKey: string;
  readonly nextSigningKey: string;
  /** Where it calls: PUBLIC_URL. What it signs names this address. */
  readonly publicUrl: string;
}

const QSTASH_NAMES = ["QSTASH_TOKEN", "QSTASH_CURRENT_SIGNING_KEY", "QSTASH_NEXT_SIGNING_KEY"] as const;

/** All or nothing: half of it would publish and trust nobody's callback, or trust callbacks that never come. */
export function qstashSettings(settings: Settings, problems: string[]): QstashSettings | null {
  const missing = QSTASH_NAMES.filter((name) => !settings[name]);
  if (missing.length === QSTASH_NAMES.length) return null;
  const set = QSTASH_NAMES.filter((name) => settings[name]).join(", ");
  for (const name of missing) problems.push(`${name}: must be set with ${set}`);
  if (!settings.PUBLIC_URL) problems.push("PUBLIC_URL: must be set with QSTASH_TOKEN: QStash calls it");
  return {
    url: settings.QSTASH_URL,
    token: settings.QSTASH_TOKEN ?? "",
    currentSigningKey: settings.QSTASH_CURRENT_SIGNING_KEY ?? "",
    nextSigningKey: settings.QSTASH_NEXT_SIGNING_KEY ?? "",
    publicUrl: settings.PUBLIC_URL ?? "",
  };
}
