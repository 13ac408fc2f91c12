import { redactText } from "../../kernel/redact.ts";
import type { LogLevel, RequestEvent, RunEvent } from "../../ports/log.ts";

export const LEVEL_RANK: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

/** Built by hand: this runs for every request, and takes a microsecond. */
export function requestFields(event: RequestEvent): string {
  const { workspace, code } = event;
  return `,"message":"request","request_id":"${event.request_id}","method":${JSON.stringify(event.method)}` +
    `,"route":${JSON.stringify(event.route)},"status":${event.status},"ms":${
      Math.round(event.ms * 100) / 100
    }` +
    `,"actor":${JSON.stringify(event.actor)},"workspace":${
      workspace === null ? "null" : JSON.stringify(workspace)
    }` +
    (code === undefined ? "}\n" : `,"code":${JSON.stringify(code)}}\n`);
}

/** Built by hand as well. */
export function runFields(event: RunEvent): string {
  const { job_id, job, lane, attempt, workspace, worker, outcome, wait_ms, ms, error, delay_ms, burnt } =
    event;
  return `,"message":"job ${outcome}","job_id":"${job_id}","job":${JSON.stringify(job)},"lane":"${lane}"` +
    `,"attempt":${attempt},"workspace":${workspace === null ? "null" : JSON.stringify(workspace)}` +
    `,"worker":${JSON.stringify(worker)},"outcome":"${outcome}","wait_ms":${wait_ms},"ms":${ms}` +
    (error === undefined ? "" : `,"error":${JSON.stringify(redactText(error))}`) +
    (delay_ms === undefined ? "}\n" : `,"delay_ms":${delay_ms},"burnt":${burnt === true}}\n`);
}

export const RUN_LEVEL = {
  done: "info",
  retry: "warn",
  dead: "error",
  lost: "warn",
} as const satisfies Record<RunEvent["outcome"], LogLevel>;

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
