import { z } from "zod";
import { defineTemplate, type Template } from "./template.ts";

/** What the owners read when a webhook was switched off by itself. */
export const endpointDisabled = defineTemplate({
  name: "webhook.disabled",
  category: "system",
  schema: z.object({ host: z.string(), reason: z.string(), failures: z.int() }),
  texts: {
    es: {
      subject: "Se desactivó el webhook de {{host}}",
      text:
        "Las llamadas a {{host}} fallaron {{failures}} veces seguidas y el webhook quedó desactivado ({{reason}}).\n\nCuando la dirección vuelva a responder, actívelo de nuevo y repita las llamadas que faltaron.",
    },
    en: {
      subject: "The webhook of {{host}} was disabled",
      text:
        "Calls to {{host}} failed {{failures}} times in a row and the webhook is disabled ({{reason}}).\n\nOnce the address answers again, enable it and replay the calls that are missing.",
    },
  },
  priority: "high",
  example: { host: "erp.example.com", reason: "failing", failures: 24 },
});

/** The templates of notifications themselves. */
export const notificationTemplates: readonly Template[] = [endpointDisabled];
