import type { Settings } from "./config-schema.ts";

/** Settings that are set together; null: none is. Each one that is missing beside others becomes a problem. */
export function together<N extends keyof Settings & string>(
  settings: Settings,
  { names, problems }: { names: readonly N[]; problems: string[] },
): Record<N, string> | null {
  const missing = names.filter((name) => !settings[name]);
  if (missing.length === names.length) return null;
  const set = names.filter((name) => settings[name]).join(", ");
  for (const name of missing) problems.push(`${name}: must be set with ${set}`);
  return Object.fromEntries(names.map((name) => [name, String(settings[name] ?? "")])) as Record<N, string>;
}
