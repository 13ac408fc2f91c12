import type { LogLevel, RequestEvent } from "../../ports/log.ts";

export const LEVEL_RANK: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

/** Built by hand: this runs for every request, and takes a microsecond. */
export function requestFields(event: RequestEvent): string {
  const { workspace, code } = event;
  return `,"message":"request","request_id":${JSON.stringify(event.request_id)},"method":${
    JSON.stringify(event.method)
  }` +
    `,"route":${JSON.stringify(event.route)},"status":${event.status},"ms":${
      Math.round(event.ms * 100) / 100
    }` +
    `,"actor":${JSON.stringify(event.actor)},"workspace":${
      workspace === null ? "null" : JSON.stringify(workspace)
    }` +
    (code === undefined ? "}\n" : `,"code":${JSON.stringify(code)}}\n`);
}

const RESERVED = new Set(["time", "level", "service", "message"]);

/** `,"a":1,"b":2` of an object; what can't be written as JSON is said so, never thrown. */
export function rest(fields: unknown): string {
  if (fields === null || typeof fields !== "object") return "";
  let text = "";
  for (const [key, value] of Object.entries(fields)) {
    const json = toJson(value);
    if (json !== undefined) text += `,${JSON.stringify(RESERVED.has(key) ? `field_${key}` : key)}:${json}`;
  }
  return text;
}

function toJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value, (_key, item) => typeof item === "bigint" ? String(item) : item);
  } catch {
    return '"[unserializable]"';
  }
}
