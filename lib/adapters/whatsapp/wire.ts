import { invalid } from "../../kernel/errors.ts";
import type { OutgoingContent, OutgoingPayload, Recipient } from "../../ports/whatsapp.ts";

type Of<T extends OutgoingContent["type"]> = Extract<OutgoingContent, { type: T }>;
type Media = Of<"image">["media"];
type Json = Record<string, unknown>;

/** The body of a message as the Cloud API takes it (messages reference, v25.0). */
export function toWire({ to, content, replyTo }: OutgoingPayload, callbackData: string): Json {
  return {
    messaging_product: "whatsapp",
    recipient_type: "individual",
    ...recipientOf(to),
    ...(replyTo === undefined ? {} : { context: { message_id: replyTo } }),
    ...bodyOf(content),
    biz_opaque_callback_data: callbackData,
  };
}

/** `to` takes phones, `recipient` business-scoped ids. Throws 422 for what is neither. */
function recipientOf(to: Recipient): Json {
  if ("phone" in to) {
    const digits = to.phone.replace(/[\s().-]/g, "").replace(/^\+/, "");
    if (!/^[1-9]\d{6,14}$/.test(digits)) {
      throw invalid("to.phone", "must be a number with its country code, such as 5215512345678");
    }
    return { to: digits };
  }
  if (!/^[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}$/.test(to.userId)) {
    throw invalid("to.user_id", "must be a business-scoped id, such as MX.13491208655302741918");
  }
  return { recipient: to.userId };
}

function bodyOf(content: OutgoingContent): Json {
  switch (content.type) {
    case "text":
      return { type: "text", text: { body: content.text, preview_url: content.preview_url ?? false } };
    case "template":
      return { type: "template", template: templateOf(content) };
    case "interactive_buttons":
    case "interactive_list":
      return { type: "interactive", interactive: interactiveOf(content) };
    default:
      return plainBody(content);
  }
}

function plainBody(
  content: Exclude<OutgoingContent, Of<"text" | "template" | "interactive_buttons" | "interactive_list">>,
): Json {
  const { type } = content;
  if (type === "location" || type === "reaction") {
    const { type: _type, ...fields } = content;
    return { type, [type]: fields };
  }
  const { type: _type, media, ...fields } = content;
  return { type, [type]: { ...mediaOf(media), ...fields } };
}

function mediaOf(media: Media): Json {
  return "id" in media ? { id: media.id } : { link: media.link };
}

function templateOf({ name, language, components = [] }: Of<"template">): Json {
  return {
    name,
    language: { code: language },
    ...(components.length === 0 ? {} : {
      components: components.map(({ type, sub_type, index, parameters }) => ({
        type,
        ...(sub_type === undefined ? {} : { sub_type }),
        ...(index === undefined ? {} : { index: String(index) }),
        parameters: parameters.map((parameter) => {
          if (!("media" in parameter)) return parameter;
          const { type, media, ...rest } = parameter;
          return { type, [type]: { ...mediaOf(media), ...rest } };
        }),
      })),
    }),
  };
}

function interactiveOf(content: Of<"interactive_buttons" | "interactive_list">): Json {
  const { header, body, footer } = content;
  const frame = {
    ...(header === undefined ? {} : { header: { type: "text", text: header } }),
    body: { text: body },
    ...(footer === undefined ? {} : { footer: { text: footer } }),
  };
  if (content.type === "interactive_buttons") {
    const buttons = content.buttons.map((reply) => ({ type: "reply", reply }));
    return { type: "button", ...frame, action: { buttons } };
  }
  return { type: "list", ...frame, action: { button: content.button, sections: content.sections } };
}
