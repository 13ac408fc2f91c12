import { z } from "zod";
import { type OutgoingContent, outgoingContent, WHATSAPP_LIMITS } from "../ports/whatsapp-content.ts";

/** `window_template` in an account's settings: an approved template whose body has one parameter, the text. */
export const windowTemplateSetting = z.object({ name: z.string(), language: z.string() });

const settings = z.object({ window_template: windowTemplateSetting.optional() });

/** The template with the text in it; null when the settings name none or the text does not fit. */
export function windowTemplate(given: Record<string, unknown>, text: string): OutgoingContent | null {
  const { window_template: template } = settings.safeParse(given).data ?? {};
  // A parameter takes no line breaks, tabs or long runs of spaces (error 132012).
  const flat = text.replace(/\s+/g, " ").trim();
  if (template === undefined || flat === "" || flat.length > WHATSAPP_LIMITS.templateParameter) return null;
  const parsed = outgoingContent.safeParse({
    type: "template",
    ...template,
    components: [{ type: "body", parameters: [{ type: "text", text: flat }] }],
  });
  return parsed.data ?? null;
}
