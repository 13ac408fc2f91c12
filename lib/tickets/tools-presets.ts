import { z } from "zod";
import type { Ctx } from "../context.ts";
import { defineTool, type Tool } from "../kernel/define-tool.ts";
import { anything, list, page, rows } from "../kernel/tool-shapes.ts";
import { changePreset, createPreset, listPresets, presetChange, PRESETS, removePreset } from "./presets.ts";
import { idField } from "./schemas.ts";
import type { PresetKind } from "./store-presets.ts";

/** Under which noun each kind stands. */
const NOUNS = {
  category: "ticket_categories",
  canned_reply: "canned_replies",
  macro: "ticket_macros",
  view: "ticket_views",
} as const satisfies Record<PresetKind, string>;

const one = z.object({ id: idField.describe("Its id") });
const asked = page.extend({
  q: z.string().trim().min(1).max(100).optional().describe("In the name or the shortcut"),
});

function toolsOf(kind: PresetKind): readonly Tool<Ctx>[] {
  const { noun, fields, scope } = PRESETS[kind];
  return [
    defineTool({
      name: `${NOUNS[kind]}.list`,
      summary: `Every ${noun}, in the order of their names`,
      scope: "tickets:read",
      destructive: false,
      input: asked,
      output: list,
      run: async (ctx: Ctx, query) => rows(await listPresets(ctx, { kind, ...query })),
    }),
    defineTool({
      name: `${NOUNS[kind]}.create`,
      summary: `Makes a ${noun}`,
      scope,
      destructive: false,
      input: z.object(fields.shape),
      output: anything,
      run: async (ctx: Ctx, given) => ({ ...await createPreset(ctx, { kind, given }) }),
    }),
    defineTool({
      name: `${NOUNS[kind]}.change`,
      summary: `Changes what is given of a ${noun}`,
      scope,
      destructive: false,
      input: presetChange(kind).extend(one.shape),
      output: anything,
      run: async (ctx: Ctx, { id, ...given }) => ({
        ...await changePreset(ctx, { kind, id: String(id), given }),
      }),
    }),
    defineTool({
      name: `${NOUNS[kind]}.remove`,
      summary: `Takes a ${noun} away; what names it keeps it`,
      scope,
      destructive: true,
      input: one,
      output: anything,
      run: async (ctx: Ctx, { id }) => {
        await removePreset(ctx, { kind, id });
        return { id, removed: true };
      },
    }),
  ];
}

/** What a desk prepares once and uses often. */
export const presetTools: readonly Tool<Ctx>[] = [
  ...toolsOf("category"),
  ...toolsOf("canned_reply"),
  ...toolsOf("macro"),
  ...toolsOf("view"),
];
