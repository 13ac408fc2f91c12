import type { BusinessConfig } from "./business-schema.ts";

/** What a business has before anybody chose. Empty texts are spoken in the customer's language (phrases.ts). */
export const DEFAULT_BUSINESS: BusinessConfig = {
  name: "",
  description: "",
  timezone: "UTC",
  hours: null,
  holidays: [],
  greeting: "",
  away: "",
  tone: "",
  languages: ["es", "en"],
  handover_words: [],
  handover_after_misses: 2,
  return_to_bot_minutes: 60,
  notify: { emails: [], webhook_url: null },
  debounce_ms: null,
  retention_days: 0,
};
