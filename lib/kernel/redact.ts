const SECRET_KEY = /pass(word)?|secret|token|authorization|cookie|api[-_]?key|credential|signature|private/i;
/** What customers and operators wrote; a log never carries it. */
const CONTENT_KEY =
  /^(text|body|content|html|prompt|answer|question|transcript|caption|messages|params|args)$/i;
const SECRET_TEXT = [
  /\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]+/gi,
  /\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*/g,
  /\b(cauce|sk|pk|rk|whsec|sig)_[A-Za-z0-9_-]{8,}/g,
  /\b(sk|xai)-[A-Za-z0-9_-]{8,}/g,
  /\bAIza[A-Za-z0-9_-]{20,}/g,
  /\bcrt\.ses_[0-9a-z]+\.\d+\.[A-Za-z0-9_-]+/g,
  /([?&](?:access_token|token|ticket|key|secret|signature)=)[^&\s"]+/gi,
];

/** A copy of `value` that is safe to log: secrets become "[redacted]", long texts are cut. */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === "string") return redactText(value);
  if (value === null || typeof value !== "object") return value;
  if (value instanceof Error) return redactError(value, depth);
  if (depth > 5) return "[deep]";
  if (Array.isArray(value)) return value.slice(0, 50).map((item) => redact(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, hidden(key, item) ?? redact(item, depth + 1)]),
  );
}

function hidden(key: string, value: unknown): string | undefined {
  if (typeof value === "number" || typeof value === "boolean" || value === null) return undefined;
  if (SECRET_KEY.test(key)) return "[redacted]";
  return CONTENT_KEY.test(key) ? "[content]" : undefined;
}

/** A failed query's message ends with its parameters, which are what people wrote. */
function redactError(error: Error, depth: number): Record<string, unknown> {
  const safe = (text: string) =>
    redactText(text.replace(/\nparams: [\s\S]*?(?=\n {4}at |$)/, "\nparams: [content]"));
  return {
    name: error.name,
    message: safe(error.message),
    ...(error.stack === undefined ? {} : { stack: safe(error.stack) }),
    ...(error.cause instanceof Error && depth < 5 ? { cause: redactError(error.cause, depth + 1) } : {}),
  };
}

export function redactText(text: string): string {
  let out = text.length > 2000 ? `${text.slice(0, 2000)}[cut]` : text;
  for (const pattern of SECRET_TEXT) {
    out = out.replace(
      pattern,
      (_all, lead) => /^[?&]/.test(String(lead)) ? `${lead}[redacted]` : "[redacted]",
    );
  }
  return out;
}

/** Our addresses that open something for whoever has them: what comes after the path is the secret. */
const SECRET_LINKS =
  /(\/api\/(?:v[13]\/)?(?:reports\/linked|visit-links|visit-calendars|surveys|mail-files)\/|\/inbox#(?:reset|invitation)=)[\w.~%+=-]+/g;

/** What stands in a link for the secret that is left out. */
export const LEFT_OUT = "[redacted]";

/** A copy of `value` without the secrets of our own links in any of its texts; all else stays as it is. */
export function withoutSecretLinks<T>(value: T): T;
export function withoutSecretLinks(value: unknown): unknown {
  if (typeof value === "string") return value.replace(SECRET_LINKS, `$1${LEFT_OUT}`);
  if (Array.isArray(value)) return value.map((item) => withoutSecretLinks(item));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutSecretLinks(item)]));
}
