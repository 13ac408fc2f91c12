import { z } from "zod";

/**
 * What can be sent, with Meta's limits (Cloud API, messages and media references, 2026-06). Lengths are counted in
 * UTF-16 units, never less than Meta counts. The same shapes travel on our own wire and rest in the queue.
 */
export const WHATSAPP_LIMITS = {
  text: 4096,
  caption: 1024,
  body: 1024,
  header: 60,
  footer: 60,
  buttons: 3,
  buttonTitle: 20,
  buttonId: 256,
  listButton: 20,
  listSections: 10,
  listRows: 10,
  sectionTitle: 24,
  rowTitle: 24,
  rowDescription: 72,
  rowId: 200,
  templateName: 512,
  templateParameter: 1024,
  templateParameters: 100,
  filename: 240,
  callbackData: 512,
} as const;

const KB = 1024;
const MB = 1024 * KB;

export const MEDIA_KINDS = ["image", "audio", "video", "document", "sticker"] as const;
export type MediaKind = typeof MEDIA_KINDS[number];

/** Media that WhatsApp takes: types and largest size of each kind. An animated sticker may have 500 KB, a still one 100. */
export const WHATSAPP_MEDIA = {
  image: { maxBytes: 5 * MB, types: ["image/jpeg", "image/png"] },
  audio: { maxBytes: 16 * MB, types: ["audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"] },
  video: { maxBytes: 16 * MB, types: ["video/mp4", "video/3gpp"] },
  document: {
    maxBytes: 100 * MB,
    types: [
      "text/plain",
      "application/pdf",
      "application/msword",
      "application/vnd.ms-excel",
      "application/vnd.ms-powerpoint",
      "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
      "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
      "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ],
  },
  sticker: { maxBytes: 500 * KB, types: ["image/webp"] },
} as const satisfies Record<MediaKind, { maxBytes: number; types: readonly string[] }>;

const L = WHATSAPP_LIMITS;
const words = (max: number) => z.string().min(1).max(max).refine((text) => text.trim() !== "", "is blank");
const link = z.url({ protocol: /^https?$/, error: "must be a whole address" }).max(2048);
/** Uploaded before (`id`) or public on the web (`link`). */
const media = z.union([
  z.object({ id: z.string().min(1).max(128).meta({ example: "1166846181421424" }) }),
  z.object({ link: link.meta({ example: "https://example.com/factura.pdf" }) }),
]);
const caption = z.string().max(L.caption).optional().meta({ example: "Su factura" });
const filename = words(L.filename).optional().meta({ example: "factura.pdf" });

const parameter = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("text"),
    text: words(L.templateParameter).meta({ example: "Ana" }),
    parameter_name: z.string().max(64).optional().meta({ example: "name" }),
  }),
  z.object({ type: z.literal("payload"), payload: words(L.buttonId).meta({ example: "confirm" }) }),
  z.object({ type: z.literal("coupon_code"), coupon_code: words(15).meta({ example: "VERANO25" }) }),
  z.object({ type: z.literal("image"), media }),
  z.object({ type: z.literal("video"), media }),
  z.object({ type: z.literal("document"), media, filename }),
]);

const component = z.object({
  type: z.enum(["header", "body", "button"]),
  sub_type: z.enum(["quick_reply", "url", "copy_code"]).optional(),
  index: z.int().min(0).max(9).optional().meta({ example: 0 }),
  parameters: z.array(parameter).max(L.templateParameters),
}).refine(
  ({ type, sub_type, index }) => type !== "button" || (sub_type !== undefined && index !== undefined),
  "a button needs sub_type and index",
);

const frame = {
  header: words(L.header).optional().meta({ example: "Su cita" }),
  body: words(L.body).meta({ example: "¿Confirma su cita de mañana a las diez?" }),
  footer: words(L.footer).optional().meta({ example: "Clima Norte" }),
};

const buttons = z.object({
  type: z.literal("interactive_buttons"),
  ...frame,
  buttons: z.array(z.object({
    id: words(L.buttonId).meta({ example: "confirm" }),
    title: words(L.buttonTitle).meta({ example: "Confirmar" }),
  })).min(1).max(L.buttons)
    .refine(
      (all) => distinct(all.map(({ id }) => id)) && distinct(all.map(({ title }) => title)),
      "ids and titles must differ",
    ),
});

const row = z.object({
  id: words(L.rowId).meta({ example: "visit" }),
  title: words(L.rowTitle).meta({ example: "Visita" }),
  description: z.string().max(L.rowDescription).optional().meta({ example: "Un técnico va a su casa" }),
});

const list = z.object({
  type: z.literal("interactive_list"),
  ...frame,
  button: words(L.listButton).meta({ example: "Ver opciones" }),
  sections: z.array(
    z.object({
      title: words(L.sectionTitle).optional().meta({ example: "Servicios" }),
      rows: z.array(row).min(1),
    }),
  )
    .min(1).max(L.listSections)
    .refine(
      (all) => all.flatMap(({ rows }) => rows).length <= L.listRows,
      `at most ${L.listRows} rows in all`,
    )
    .refine((all) => distinct(all.flatMap(({ rows }) => rows.map(({ id }) => id))), "ids must differ")
    .refine(
      (all) => all.length === 1 || all.every(({ title }) => title !== undefined),
      "each of several sections needs a title",
    ),
});

export const outgoingContent = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("text"),
    text: words(L.text).meta({ example: "Su pedido está listo." }),
    preview_url: z.boolean().optional().meta({ example: false }),
  }),
  z.object({
    type: z.literal("template"),
    name: z.string().regex(/^[a-z0-9_]+$/, "has only a-z, 0-9 and _").max(L.templateName).meta({
      example: "order_ready",
    }),
    language: z.string().regex(/^[a-z]{2,3}(_[A-Za-z0-9]{2,4})?$/, "must be like es or es_MX").meta({
      example: "es_MX",
    }),
    components: z.array(component).max(12).optional(),
  }),
  buttons,
  list,
  z.object({ type: z.literal("image"), media, caption }),
  z.object({ type: z.literal("audio"), media, voice: z.boolean().optional().meta({ example: true }) }),
  z.object({ type: z.literal("video"), media, caption }),
  z.object({ type: z.literal("document"), media, caption, filename }),
  z.object({ type: z.literal("sticker"), media }),
  z.object({
    type: z.literal("location"),
    latitude: z.number().min(-90).max(90).meta({ example: 25.6866 }),
    longitude: z.number().min(-180).max(180).meta({ example: -100.3161 }),
    name: z.string().max(1000).optional().meta({ example: "Taller" }),
    address: z.string().max(1000).optional().meta({ example: "Av. Hidalgo 10, Monterrey" }),
  }),
  /** An empty emoji takes the reaction away. */
  z.object({
    type: z.literal("reaction"),
    message_id: words(256).meta({ example: "wamid.HBgNNTIxNTU1" }),
    emoji: z.string().max(32).regex(/^\P{L}*$/u, "must be an emoji").meta({ example: "👍" }),
  }),
]);

export type OutgoingContent = z.output<typeof outgoingContent>;

/** Why WhatsApp would refuse this file as this kind; null when it takes it. Parameters of the type don't matter. */
export function mediaProblem(
  kind: MediaKind,
  { mimeType, size }: { readonly mimeType: string; readonly size: number },
): string | null {
  const { types, maxBytes }: { readonly types: readonly string[]; readonly maxBytes: number } =
    WHATSAPP_MEDIA[kind];
  const bare = mimeType.split(";")[0]?.trim().toLowerCase() ?? "";
  if (!types.includes(bare)) return `WhatsApp takes no ${bare || "unnamed type"} as ${kind}`;
  if (size === 0) return "the file is empty";
  if (size > maxBytes) return `WhatsApp takes at most ${maxBytes} bytes as ${kind}, this has ${size}`;
  return null;
}

function distinct(values: readonly string[]): boolean {
  return new Set(values).size === values.length;
}

/** Meta writes a media hash as hex in answers and as base64 in webhooks: lower-case hex, or null when it is neither. */
export function mediaHash(text: string | null | undefined): string | null {
  if (!text) return null;
  if (/^[0-9a-f]{64}$/i.test(text)) return text.toLowerCase();
  try {
    const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    if (binary.length !== 32) return null;
    return Array.from(binary, (c) => c.charCodeAt(0).toString(16).padStart(2, "0")).join("");
  } catch {
    return null;
  }
}
