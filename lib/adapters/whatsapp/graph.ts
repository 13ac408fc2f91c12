import { z } from "zod";
import { invalid } from "../../kernel/errors.ts";
import { schemaRefusal } from "../../kernel/issues.ts";
import type { SendOptions, WhatsAppGraph } from "../../ports/whatsapp.ts";
import { outgoingContent, WHATSAPP_LIMITS } from "../../ports/whatsapp-content.ts";
import { numberOf, successSchema } from "./account.ts";
import { createGraphCall, type GraphOptions } from "./call.ts";
import { createMedia, type MediaOptions } from "./media.ts";
import { createSetup } from "./setup.ts";
import { createTemplates } from "./templates.ts";
import { toWire } from "./wire.ts";

export interface WhatsAppGraphOptions extends GraphOptions, MediaOptions {}

const acceptedSchema = z.object({
  messages: z.array(z.object({ id: z.string().min(1), message_status: z.string().optional() })).min(1),
  contacts: z.array(z.object({ wa_id: z.string().optional(), user_id: z.string().optional() })).default([]),
});

/** Meta's Graph API over `fetch`. https://developers.facebook.com/documentation/business-messaging/whatsapp */
export function createWhatsAppGraph(
  options: WhatsAppGraphOptions,
  { fetch }: { fetch: typeof globalThis.fetch },
): WhatsAppGraph {
  const call = createGraphCall(options, { fetch });

  return {
    async send(account, payload, { callbackData, signal }: SendOptions) {
      if (callbackData.length > WHATSAPP_LIMITS.callbackData) {
        throw invalid("callback_data", "is too long");
      }
      const checked = { ...payload, content: checkContent(payload.content) };
      const { messages: [message], contacts: [contact] } = await call(account, {
        method: "POST",
        path: `${numberOf(account)}/messages`,
        body: toWire(checked, callbackData),
        answer: acceptedSchema,
        signal,
        once: true,
      });
      return {
        messageId: message?.id ?? "",
        waId: contact?.wa_id ?? null,
        userId: contact?.user_id ?? null,
        status: message?.message_status ?? null,
      };
    },

    async markRead(account, messageId, { typing = false, signal } = {}) {
      await call(account, {
        method: "POST",
        path: `${numberOf(account)}/messages`,
        body: {
          messaging_product: "whatsapp",
          status: "read",
          message_id: messageId,
          ...(typing ? { typing_indicator: { type: "text" } } : {}),
        },
        answer: successSchema,
        signal,
      });
    },

    ...createMedia(options, { fetch, call }),
    templates: createTemplates(call),

    ...createSetup(call),
  };
}

function checkContent(content: unknown) {
  const parsed = outgoingContent.safeParse(content);
  if (parsed.success) return parsed.data;
  throw schemaRefusal(parsed.error, ["content"]);
}
