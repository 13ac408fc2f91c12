import type { Incoming, MessageKind, Sender } from "../conversations/mod.ts";
import { type Json, list, record, textOf } from "./envelope.ts";

/** A file that the channel keeps for us for some days. */
export interface MediaRef {
  readonly id: string;
  readonly kind: MessageKind;
  readonly mimeType: string | null;
  /** As it came: hex or base64. */
  readonly sha256: string | null;
  readonly name: string | null;
}

export interface ReadMessage extends Omit<Incoming, "channelAccountId" | "contact"> {
  readonly externalId: string;
  readonly contact: Sender;
  readonly meta: Record<string, unknown>;
  readonly media: MediaRef | null;
}

interface Body {
  readonly kind: MessageKind;
  readonly text: string;
  readonly meta?: Record<string, unknown>;
  readonly media?: MediaRef;
  readonly silent?: boolean;
  /** Further identifiers that the message tells of its sender. */
  readonly identities?: Sender["identities"];
}

/** How each type of message is kept. What is not here is kept as `unknown`, whole. */
const TYPES: Readonly<Record<string, (part: Json, message: Json) => Body>> = {
  text: (part) => ({ kind: "text", text: textOf(part["body"]) }),
  image: (part) => file(part, "image"),
  audio: (part) => file(part, "audio"),
  video: (part) => file(part, "video"),
  document: (part) => file(part, "document"),
  sticker: (part) => file(part, "sticker"),
  location: (part) => {
    const { name, address, latitude, longitude } = part;
    const words = [name, address, `${textOf(latitude)}, ${textOf(longitude)}`].map(textOf).filter(Boolean);
    return { kind: "location", text: words.join("\n"), meta: { location: kept(part) } };
  },
  contacts: (_part, message) => {
    const cards = list(message["contacts"]);
    const names = cards.map((card) => {
      const phones = list(card["phones"]).map(({ phone }) => textOf(phone)).filter(Boolean);
      return [textOf(record(card["name"])["formatted_name"]), ...phones].join(" ").trim();
    });
    return { kind: "contacts", text: names.join("\n"), meta: { contacts: kept(cards) } };
  },
  interactive: (part) => {
    const type = textOf(part["type"]);
    const reply = record(part[type]);
    const said = textOf(reply["title"]) || textOf(reply["body"]) || textOf(reply["name"]);
    return { kind: said === "" ? "unknown" : "text", text: said, meta: { reply: kept({ type, ...reply }) } };
  },
  button: (part) => ({
    kind: "text",
    text: textOf(part["text"]),
    meta: { reply: kept({ type: "button", ...part }) },
  }),
  reaction: (part) => ({
    kind: "reaction",
    text: textOf(part["emoji"]),
    meta: { reaction: { message_id: textOf(part["message_id"]), removed: textOf(part["emoji"]) === "" } },
    silent: true,
  }),
  order: (part) => {
    const items = list(part["product_items"]);
    const said = items.map((item) => `${textOf(item["quantity"])} × ${textOf(item["product_retailer_id"])}`);
    return {
      kind: "order",
      text: [textOf(part["text"]), ...said].filter(Boolean).join("\n"),
      meta: { order: kept(part) },
    };
  },
  system: (part) => ({
    kind: "system",
    text: textOf(part["body"]),
    meta: { system: kept(part) },
    silent: true,
    identities: identitiesOf({
      phone: textOf(part["wa_id"] ?? part["new_wa_id"]),
      userId: textOf(part["user_id"]),
    }),
  }),
};

/** A message as conversations take it in; null when it has no id or tells nothing of who wrote it. */
export function readMessage(message: Json, contacts: readonly Json[]): ReadMessage | null {
  const externalId = textOf(message["id"]).slice(0, 200);
  const type = textOf(message["type"]);
  const read = TYPES[type]?.(record(message[type]), message) ?? unknown(message);
  const contact = senderOf(message, { contacts, more: read.identities ?? [] });
  if (externalId === "" || contact.identities.length === 0) return null;
  const sentAt = Number(textOf(message["timestamp"])) * 1000;
  const context = record(message["context"]);
  return {
    externalId,
    contact,
    // A text without words can't be answered; its kind says that something came.
    kind: read.kind === "text" && read.text.trim() === "" ? "unknown" : read.kind,
    text: read.text.slice(0, MAX_TEXT).toWellFormed(),
    silent: read.silent ?? false,
    media: read.media ?? null,
    ...(Number.isFinite(sentAt) && sentAt > 0 ? { sentAt } : {}),
    meta: {
      type,
      ...read.meta,
      ...(textOf(context["id"]) === "" ? {} : { reply_to: textOf(context["id"]) }),
      ...(context["forwarded"] === true || context["frequently_forwarded"] === true
        ? { forwarded: true }
        : {}),
      ...(message["referral"] === undefined ? {} : { referral: kept(message["referral"]) }),
      ...(read.media === undefined ? {} : { media: { ...read.media, state: "waiting" } }),
    },
  };
}

const MAX_TEXT = 20_000;
const MAX_KEPT = 20_000;

/** What Meta adds in later versions, or marks `unsupported`: kept whole for whoever reads it one day. */
function unknown(message: Json): Body {
  return { kind: "unknown", text: "", meta: { raw: kept(message) } };
}

/** The value when it is of a decent size; the receipt has the rest. */
function kept(value: unknown): unknown {
  try {
    return JSON.stringify(value).length <= MAX_KEPT ? value : { too_large: true };
  } catch {
    return { too_deep: true };
  }
}

function file(part: Json, kind: MessageKind): Body {
  const id = textOf(part["id"]);
  const media = {
    id,
    kind,
    mimeType: textOf(part["mime_type"]) || null,
    sha256: textOf(part["sha256"]) || null,
    name: textOf(part["filename"]) || null,
  };
  const body = { kind, text: textOf(part["caption"]) };
  return id === "" ? { ...body, meta: { media: { ...media, state: "missing" } } } : { ...body, media };
}

interface Known {
  readonly contacts: readonly Json[];
  readonly more: Sender["identities"];
}

/** Since 2026 the phone may be missing: then the business-scoped id, or the user name, is all there is. */
function senderOf(message: Json, { contacts, more }: Known): Sender {
  const from = textOf(message["from"]);
  const userId = textOf(message["from_user_id"]);
  const same = ({ wa_id, user_id }: Json) =>
    (from !== "" && (textOf(wa_id) === from || textOf(user_id) === from)) ||
    (userId !== "" && textOf(user_id) === userId);
  const contact = contacts.find(same) ?? (contacts.length === 1 ? contacts[0] : undefined) ?? {};
  const profile = record(contact["profile"]);
  const identities = identitiesOf({
    phone: from || textOf(contact["wa_id"]),
    userId: userId || textOf(contact["user_id"]) || from,
    username: textOf(contact["username"]) || textOf(profile["username"]),
  });
  const name = textOf(profile["name"]).trim();
  return { identities: [...identities, ...more], name: name === "" ? null : name };
}

interface Identifiers {
  readonly phone?: string;
  readonly userId?: string;
  readonly username?: string;
}

/** `US.1349...`: two letters of a country, a dot, letters and digits; a parent id has `ENT.` in between. */
const BUSINESS_SCOPED = /^[A-Z]{2}\.(ENT\.)?[0-9A-Za-z]{1,128}$/;

function identitiesOf({ phone = "", userId = "", username = "" }: Identifiers): Sender["identities"] {
  return [
    ...(/^\+?\d{5,20}$/.test(phone) ? [{ kind: "phone" as const, value: `+${phone.replace("+", "")}` }] : []),
    ...(BUSINESS_SCOPED.test(userId) ? [{ kind: "whatsapp_bsuid" as const, value: userId }] : []),
    ...(username.trim() === "" || username.length > 200
      ? []
      : [{ kind: "username" as const, value: username }]),
  ];
}
