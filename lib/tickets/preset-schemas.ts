import { z } from "zod";
import { preparedActions } from "./prepared-actions.ts";
import { idField, line, priorityField, ticketFilter } from "./schemas.ts";
import { placeholderProblem } from "./placeholders.ts";

const name = line(100);
const skill = z.string().max(60).transform((text) => text.trim().toLowerCase()).pipe(z.string().min(1));

export const categoryFields = z.object({
  name: name.meta({ example: "Garantía", description: "What it is called" }),
  description: z.string().max(500).default("").meta({
    example: "Equipos en garantía",
    description: "What belongs to it",
  }),
  team_id: idField.nullable().default(null).meta({
    example: null,
    description: "The team that its tickets go to",
  }),
  skills: z.array(skill).max(20).default([]).meta({
    example: ["refrigeracion"],
    description: "What an operator must know to get one",
  }),
  priority: priorityField.nullable().default(null).meta({
    example: null,
    description: "Of its tickets, unless one says another",
  }),
});

export const cannedReplyFields = z.object({
  name: name.meta({ example: "Cita confirmada", description: "What it is called" }),
  shortcut: z.string().regex(/^[a-z0-9_-]{1,40}$/, "has a-z, 0-9, _ and -").nullable().default(null)
    .meta({ example: "cita", description: "What is typed for it; of one reply only" }),
  locale: z.enum(["es", "en"]).nullable().default(null).meta({
    example: "es",
    description: "The language that it is in",
  }),
  text: line(10_000).superRefine((text, ctx) => {
    const problem = placeholderProblem(text);
    if (problem !== null) ctx.addIssue({ code: "custom", message: problem });
  }).meta({
    example: "Hola {{contact.name}}, su caso {{ticket.reference}} está agendado.",
    description:
      "With {{contact.name}}, {{operator.name}}, {{ticket.reference}}, {{ticket.fields.modelo}} and such filled in",
  }),
});

export const macroFields = z.object({
  name: name.meta({ example: "Cerrar como duplicado", description: "What it is called" }),
  description: z.string().max(500).default("").meta({ example: "", description: "When to use it" }),
  actions: preparedActions,
});

export const viewFields = z.object({
  name: name.meta({ example: "Urgentes sin dueño", description: "What it is called" }),
  shared: z.boolean().default(true).meta({
    example: true,
    description: "false: only whoever made it sees it",
  }),
  filter: ticketFilter.omit({ view: true }).meta({
    example: { state: "live", priority: "urgent", assignee_id: "none" },
    description: "As the list takes it",
  }),
});
