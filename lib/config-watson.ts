import type { Settings } from "./config-schema.ts";

/** What lets Watson Orchestrate and watsonx Assistant in; both null: only API keys of a workspace do. */
export interface WatsonSettings {
  readonly apiKey: string | null;
  readonly jwtSecret: string | null;
}

const SHORTEST = 16;
/** The Assistant takes no longer one. */
const LONGEST_SECRET = 1024;

export function watsonSettings(settings: Settings, problems: string[]): WatsonSettings {
  const { WATSON_API_KEY: apiKey, WATSON_JWT_SECRET: jwtSecret } = settings;
  if (apiKey && apiKey.length < SHORTEST) {
    problems.push(`WATSON_API_KEY: must have ${SHORTEST} characters or more`);
  }
  if (jwtSecret && (jwtSecret.length < SHORTEST || jwtSecret.length > LONGEST_SECRET)) {
    problems.push(`WATSON_JWT_SECRET: must have ${SHORTEST} to ${LONGEST_SECRET} characters`);
  }
  return { apiKey: apiKey || null, jwtSecret: jwtSecret || null };
}
