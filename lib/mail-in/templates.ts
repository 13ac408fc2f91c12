import { z } from "zod";
import { defineTemplate, type Template } from "../notifications/mod.ts";

/** Why a mail was not taken, to who sent it. */
export const mailRefused = defineTemplate({
  name: "mail.refused",
  category: "system",
  schema: z.object({ subject: z.string(), megabytes: z.int(), files: z.int() }),
  texts: {
    es: {
      subject: "No pudimos recibir su correo: {{subject}}",
      text:
        "Su correo «{{subject}}» es demasiado grande: recibimos hasta {{megabytes}} MB y {{files}} archivos por correo. No se guardó nada de él.\n\nPor favor, envíelo de nuevo en partes.",
    },
    en: {
      subject: "We could not take your mail: {{subject}}",
      text:
        'Your mail "{{subject}}" is too large: we take up to {{megabytes}} MB and {{files}} files a mail. Nothing of it was kept.\n\nPlease send it again in parts.',
    },
  },
  example: { subject: "Fotos", megabytes: 35, files: 250 },
});

export const mailTemplates: readonly Template[] = [mailRefused];
