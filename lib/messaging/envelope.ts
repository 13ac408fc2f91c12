import { RECEIPT_LIMITS } from "./policy.ts";

export type Json = Readonly<Record<string, unknown>>;

/** One thing that a webhook tells. */
export type News =
  | {
    readonly kind: "message";
    readonly phoneNumberId: string;
    readonly message: Json;
    readonly contacts: readonly Json[];
  }
  | { readonly kind: "status"; readonly phoneNumberId: string; readonly status: Json }
  /** About a number or the business account: templates, quality, limits, bans, errors. */
  | {
    readonly kind: "notice";
    readonly field: string;
    readonly businessId: string;
    readonly phoneNumberId: string | null;
    readonly value: Json;
    /** When Meta says that it happened, UTC ms. */
    readonly at: number | null;
  };

export type Envelope =
  | { readonly kind: "news"; readonly news: readonly News[] }
  | { readonly kind: "unreadable"; readonly reason: string }
  | { readonly kind: "too_many"; readonly reason: string };

/** What the body of a webhook holds, in its order. Never throws: what can't be read is said. */
export function readEnvelope(bytes: Uint8Array): Envelope {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return { kind: "unreadable", reason: "the body is not UTF-8" };
  }
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return { kind: "unreadable", reason: "the body is not JSON" };
  }
  const { object, entry } = record(body);
  if (object !== "whatsapp_business_account" || !Array.isArray(entry)) {
    return {
      kind: "unreadable",
      reason: `the body is not about a WhatsApp account but about "${short(object)}"`,
    };
  }
  const news = entry.map(record).flatMap(({ id, changes, time }) => {
    const seconds = Number(textOf(time) || NaN);
    const at = Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : null;
    return list(changes).flatMap((change) => newsOf(change, { businessId: textOf(id), at }));
  });
  if (news.length > RECEIPT_LIMITS.news) {
    return {
      kind: "too_many",
      reason: `${news.length} news in one body, at most ${RECEIPT_LIMITS.news} are read`,
    };
  }
  return { kind: "news", news };
}

function newsOf(
  { field, value: given }: Json,
  entry: { readonly businessId: string; readonly at: number | null },
): News[] {
  const value = record(given);
  const phoneNumberId = textOf(record(value["metadata"])["phone_number_id"]);
  const name = textOf(field);
  if (name !== "messages") {
    return [{ kind: "notice", field: name, ...entry, phoneNumberId: phoneNumberId || null, value }];
  }
  const contacts = list(value["contacts"]);
  const messages = list(value["messages"]);
  const statuses = list(value["statuses"]);
  const errors = list(value["errors"]);
  return [
    ...messages.map((message) => ({ kind: "message" as const, phoneNumberId, message, contacts })),
    ...statuses.map((status) => ({ kind: "status" as const, phoneNumberId, status })),
    ...(errors.length === 0 && messages.length + statuses.length > 0
      ? []
      : [{ kind: "notice" as const, field: "messages", ...entry, phoneNumberId, value }]),
  ];
}

/** The value as an object; an empty one for anything else. */
export function record(value: unknown): Json {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}

/** The objects of an array; none for anything else. */
export function list(value: unknown): Json[] {
  return Array.isArray(value) ? value.map(record) : [];
}

/** A text, or a number as one; else empty. */
export function textOf(value: unknown): string {
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : "";
}

function short(value: unknown): string {
  return textOf(value).slice(0, 60);
}
