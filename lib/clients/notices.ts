import { z } from "zod";
import { defineTemplate, type Template } from "../notifications/mod.ts";

/** That a contract ends soon, to those who manage clients. */
export const contractEnds = defineTemplate({
  name: "client.contract_ends",
  category: "clients",
  schema: z.object({
    client: z.string(),
    plan: z.string(),
    ends_es: z.string(),
    ends_en: z.string(),
    /** The contract has promises of its own. */
    sla: z.boolean(),
  }),
  texts: {
    es: {
      subject: "El contrato de {{client}} termina el {{ends_es}}",
      text:
        "El contrato de {{client}}{{#plan}} (plan {{plan}}){{/plan}} termina el {{ends_es}}.{{#sla}}\n\nA los tickets que se abran después se les promete lo que dice la política de SLA predeterminada; los que ya están abiertos conservan lo prometido.{{/sla}}\n\nSi se renueva, cambie la fecha en la ficha del cliente.",
    },
    en: {
      subject: "The contract of {{client}} ends on {{ends_en}}",
      text:
        "The contract of {{client}}{{#plan}} (plan {{plan}}){{/plan}} ends on {{ends_en}}.{{#sla}}\n\nTickets that are opened after that are promised what the default SLA policy says; those that are open keep what was promised.{{/sla}}\n\nIf it is renewed, change the day at the client.",
    },
  },
  example: {
    client: "Panadería La Espiga",
    plan: "oro",
    ends_es: "31 de diciembre de 2026",
    ends_en: "31 December 2026",
    sla: true,
  },
});

export const clientTemplates: readonly Template[] = [contractEnds];
