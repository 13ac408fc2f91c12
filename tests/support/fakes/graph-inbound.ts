import { addMedia, newWamid, type World } from "./graph-world.ts";

type Json = Record<string, unknown>;

/** Who writes. A customer with a username may come without a phone. */
export interface CustomerCard {
  readonly phone?: string;
  readonly userId?: string;
  readonly name?: string;
  readonly username?: string;
}

export interface InboundOptions {
  /** Of the file of a media message. */
  readonly bytes?: Uint8Array<ArrayBuffer>;
  readonly mimeType?: string;
  /** The wamid that it answers. */
  readonly replyTo?: string;
  /** Replaces or adds members of the part named as the type. */
  readonly part?: Json;
  /** Replaces or adds members of the message itself. */
  readonly message?: Json;
  readonly wamid?: string;
}

const PIXEL = Uint8Array.from([
  ...[
    0x89,
    0x50,
    0x4e,
    0x47,
    0x0d,
    0x0a,
    0x1a,
    0x0a,
    0x00,
    0x00,
    0x00,
    0x0d,
    0x49,
    0x48,
    0x44,
    0x52,
    0,
    0,
    0,
    1,
  ],
  ...[
    0,
    0,
    0,
    1,
    8,
    6,
    0,
    0,
    0,
    0x1f,
    0x15,
    0xc4,
    0x89,
    0,
    0,
    0,
    0x0a,
    0x49,
    0x44,
    0x41,
    0x54,
    0x78,
    0x9c,
    0x63,
  ],
  ...[
    0,
    1,
    0,
    0,
    5,
    0,
    1,
    0x0d,
    0x0a,
    0x2d,
    0xb4,
    0,
    0,
    0,
    0,
    0x49,
    0x45,
    0x4e,
    0x44,
    0xae,
    0x42,
    0x60,
    0x82,
  ],
]);

const media = (mimeType: string, more: Json = {}) => (world: World, options: InboundOptions) => {
  const type = options.mimeType ?? mimeType;
  const file = addMedia(world, { bytes: options.bytes ?? PIXEL, mimeType: type });
  // Webhooks carry the hash in base64, answers in hex.
  return { id: file.id, mime_type: type, sha256: toBase64(file.sha256), ...more };
};

/** Every type of the webhook reference, each with the part that is named as the type (`unsupported` has none). */
const PARTS: Readonly<Record<string, (world: World, options: InboundOptions) => unknown>> = {
  text: () => ({ body: "Hola" }),
  image: media("image/png", { caption: "Mira" }),
  audio: media("audio/ogg; codecs=opus", { voice: true }),
  video: media("video/mp4"),
  document: media("application/pdf", { filename: "receta.pdf" }),
  sticker: media("image/webp", { animated: false }),
  location: () => ({ latitude: 19.4326, longitude: -99.1332, name: "Zócalo", address: "Centro" }),
  contacts: () => [{
    name: { formatted_name: "Luis Mora", first_name: "Luis" },
    phones: [{ phone: "+52 55 1234 5678", wa_id: "5215512345678", type: "CELL" }],
  }],
  button: () => ({ payload: "CONFIRM", text: "Sí, confirmo" }),
  reaction: () => ({ message_id: "wamid.none", emoji: "👍" }),
  order: () => ({
    catalog_id: "55501",
    text: "Para hoy",
    product_items: [{ product_retailer_id: "sku-1", quantity: 2, item_price: 149.5, currency: "MXN" }],
  }),
  system: () => ({ type: "user_changed_number", body: "Ana changed her number", wa_id: "5215599998888" }),
  interactive: () => ({ type: "button_reply", button_reply: { id: "yes", title: "Sí" } }),
};

/** Further forms of `interactive`, and what is not understood. */
const FORMS: Readonly<Record<string, Json>> = {
  button_reply: {
    type: "interactive",
    interactive: { type: "button_reply", button_reply: { id: "yes", title: "Sí" } },
  },
  list_reply: {
    type: "interactive",
    interactive: { type: "list_reply", list_reply: { id: "mon", title: "Lunes", description: "10:00" } },
  },
  nfm_reply: {
    type: "interactive",
    interactive: {
      type: "nfm_reply",
      nfm_reply: { name: "flow", body: "Sent", response_json: '{"flow_token":"t","day":"mon"}' },
    },
  },
  unsupported: {
    type: "unsupported",
    errors: [{
      code: 131051,
      title: "Message type unknown",
      message: "Message type unknown",
      error_data: { details: "Message type is currently not supported." },
    }],
  },
  /** A type of some later version. */
  hologram: { type: "hologram", hologram: { shape: "cube" } },
};

export const INBOUND_TYPES = [
  ...Object.keys(PARTS),
  ...Object.keys(FORMS),
] as const;

/** One entry of `messages[]`. */
export function inboundMessage(
  world: World,
  { from, type, options = {} }: { from: CustomerCard; type: string; options?: InboundOptions },
): Json & { id: string } {
  const make = PARTS[type];
  const part = make?.(world, options);
  const body = make === undefined
    ? FORMS[type] ?? { type }
    : { type, [type]: Array.isArray(part) ? part : { ...part as Json, ...options.part } };
  return {
    ...(from.phone === undefined ? {} : { from: from.phone }),
    ...(from.userId === undefined ? {} : { from_user_id: from.userId }),
    id: options.wamid ?? newWamid(world),
    timestamp: String(Math.floor(world.now() / 1000)),
    ...(options.replyTo === undefined
      ? {}
      : { context: { from: [...world.numbers.values()][0]?.displayPhoneNumber, id: options.replyTo } }),
    ...body,
    ...options.message,
  };
}

/** One entry of `contacts[]`. */
export function contactCard({ phone, userId, name, username }: CustomerCard): Json {
  return {
    profile: { ...(name === undefined ? {} : { name }), ...(username === undefined ? {} : { username }) },
    ...(phone === undefined ? {} : { wa_id: phone }),
    ...(userId === undefined ? {} : { user_id: userId }),
  };
}

function toBase64(hex: string): string {
  return btoa(String.fromCharCode(...(hex.match(/../g) ?? []).map((pair) => parseInt(pair, 16))));
}
