import { z } from "zod";
import { defineTemplate } from "../notifications/mod.ts";

/** A report that somebody asked to be mailed is there. */
export const reportReady = defineTemplate({
  name: "report.ready",
  category: "reports",
  schema: z.object({ name: z.string(), rows: z.number(), link: z.string() }),
  texts: {
    es: {
      subject: "Informe: {{name}}",
      text: "El informe «{{name}}» está listo ({{rows}} filas). Descárguelo durante 30 días:\n\n{{link}}",
    },
    en: {
      subject: "Report: {{name}}",
      text: "The report “{{name}}” is ready ({{rows}} rows). Download it within 30 days:\n\n{{link}}",
    },
  },
  example: { name: "Tickets", rows: 120, link: "https://cauce.example.com/api/reports/linked/v1.k1.Zm9v" },
});
