const SECRET_KEY = /pass(word)?|secret|token|authorization|cookie|api[-_]?key|credential|signature|private/i;
const SECRET_TEXT = [
  /\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]+/gi,
  /\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*/g,
  /\b(cauce|sk|pk|rk|whsec|sig)_[A-Za-z0-9_-]{8,}/g,
  /([?&](?:access_token|token|ticket|key|secret|signature)=)[^&\s"]+/gi,
];

/** A copy of `value` that is safe to log: secrets become "[redacted]", long texts are cut. */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === "string") return redactText(value);
  if (value === null || typeof value !== "object") return value;
  if (value instanceof Error) return { name: value.name, message: redactText(value.message) };
  if (depth > 5) return "[deep]";
  if (Array.isArray(value)) return value.slice(0, 50).map((item) => redact(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map((
      [key, item],
    ) => [key, SECRET_KEY.test(key) ? "[redacted]" : redact(item, depth + 1)]),
  );
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
