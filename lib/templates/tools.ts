import { z } from "zod";
import type { Ctx } from "../context.ts";
import { requireScope } from "../kernel/actors.ts";
import { localeField } from "../identity/schemas.ts";
import { defineTool, type Tool } from "../kernel/define-tool.ts";
import { anything, list, page, rows } from "../kernel/tool-shapes.ts";
import {
  createTemplateRow,
  getTemplateRow,
  listTemplateRows,
  previewTemplate,
  removeTemplateRow,
  replaceTemplateRow,
  templateField,
} from "../notifications/mod.ts";
import { TEMPLATES } from "./registry.ts";

const one = z.object({ id: z.string().min(1).max(64).describe("The template's id") });

/** What an agent, a person at the command line or a workflow can do with templates of notifications. */
export const templateTools: readonly Tool<Ctx>[] = [
  defineTool({
    name: "notification_templates.list",
    summary: "The workspace's own templates and layouts",
    scope: "notifications:read",
    destructive: false,
    input: page,
    output: list,
    run: async (ctx: Ctx, input) => rows(await listTemplateRows(ctx, input)),
  }),
  defineTool({
    name: "notification_templates.built_in",
    summary: "The templates that are there from the start; one saved under such a name replaces its words",
    scope: "notifications:read",
    destructive: false,
    input: z.object({}),
    output: z.object({ data: z.array(anything) }),
    run: async (ctx: Ctx) => {
      requireScope(ctx, "notifications:read");
      return await Promise.resolve({
        data: TEMPLATES.map(({ name, category, texts, example }) => ({ name, category, texts, example })),
      });
    },
  }),
  defineTool({
    name: "notification_templates.show",
    summary: "One template or layout",
    scope: "notifications:read",
    destructive: false,
    input: one,
    output: anything,
    run: async (ctx: Ctx, { id }) => ({ ...await getTemplateRow(ctx, id) }),
  }),
  defineTool({
    name: "notification_templates.create",
    summary: "Saves a template or a layout",
    scope: "business:write",
    destructive: false,
    input: templateField,
    output: anything,
    run: async (ctx: Ctx, content) => ({ ...await createTemplateRow(ctx, { content, builtIn: TEMPLATES }) }),
  }),
  defineTool({
    name: "notification_templates.replace",
    summary: "Puts a template or a layout in the place of what it was",
    scope: "business:write",
    destructive: true,
    input: templateField.extend(one.shape),
    output: anything,
    run: async (ctx: Ctx, { id, ...content }) => ({
      ...await replaceTemplateRow(ctx, { id, content, builtIn: TEMPLATES }),
    }),
  }),
  defineTool({
    name: "notification_templates.remove",
    summary: "Takes a template or a layout away",
    scope: "business:write",
    destructive: true,
    input: one,
    output: z.object({ removed: z.literal(true) }),
    run: async (ctx: Ctx, { id }) => {
      await removeTemplateRow(ctx, id);
      return { removed: true as const };
    },
  }),
  defineTool({
    name: "notification_templates.preview",
    summary: "A template as a reader would get it; what is not given is taken from the examples",
    scope: "notifications:read",
    destructive: false,
    input: one.extend({
      locale: localeField.default("es"),
      data: z.record(z.string().max(60), z.unknown()).default({}),
    }),
    output: anything,
    run: async (ctx: Ctx, input) => ({ ...await previewTemplate(ctx, { ...input, builtIn: TEMPLATES }) }),
  }),
];
