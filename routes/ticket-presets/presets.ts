import { z } from "@hono/zod-openapi";
import {
  changePreset,
  createPreset,
  getPreset,
  listPresets,
  presetChange,
  PRESETS,
  removePreset,
} from "../../lib/tickets/mod.ts";
import {
  contract,
  createRouter,
  idParam,
  jsonAnswer,
  jsonBody,
  pageOf,
  pageQuery,
  problems,
} from "../router.ts";

type Kind = keyof typeof PRESETS;

const asked = z.string().trim().min(1).max(100).optional().openapi({
  example: "cita",
  description: "In the name or, of a canned reply, the shortcut",
});

export interface PresetRoutes {
  readonly kind: Kind;
  /** `/api/ticket-categories`. */
  readonly path: string;
  /** In operation ids: `TicketCategory`, and its plural. */
  readonly name: string;
  readonly plural: string;
}

/** The five routes of one kind of what a desk prepares. */
export function presetRoutes({ kind, path, name, plural }: PresetRoutes) {
  const { fields, scope, noun } = PRESETS[kind];
  const tags = ["Ticket desk"];
  const shown: z.ZodType<Record<string, unknown>> = z.object({
    ...fields.shape,
    id: z.string().openapi({ example: "tca_01kabcdefghjkmnpqrstvwxyz0" }),
    created_by: z.string().openapi({ example: "usr_01kabcdefghjkmnpqrstvwxyz0" }),
    created_at: z.iso.datetime().openapi({ example: "2026-11-21T15:04:05.000Z" }),
    updated_at: z.iso.datetime().openapi({ example: "2026-11-21T15:04:05.000Z" }),
  }).openapi(name);
  const change: z.ZodType<Record<string, unknown>> = presetChange(kind);
  const whole: z.ZodType<Record<string, unknown>> = fields;
  const one = jsonAnswer(shown, `The ${noun}`);
  const read = { tags, scope: "tickets:read" } as const;
  const write = { tags, scope } as const;
  return createRouter()
    .openapi(
      contract({
        ...read,
        method: "get",
        path,
        operationId: `list${plural}`,
        summary: `Every ${noun}, in the order of their names`,
        request: { query: pageQuery.extend({ q: asked }) },
        responses: { 200: jsonAnswer(pageOf(shown), "A page") },
      }),
      async (c) => c.json(await listPresets(c.var.ctx, { kind, ...c.req.valid("query") }), 200),
    )
    .openapi(
      contract({
        ...write,
        method: "post",
        path,
        operationId: `create${name}`,
        summary: `Makes a ${noun}`,
        request: { body: jsonBody(whole) },
        responses: { 201: one, ...problems("conflict") },
      }),
      async (c) => c.json(await createPreset(c.var.ctx, { kind, given: c.req.valid("json") }), 201),
    )
    .openapi(
      contract({
        ...read,
        method: "get",
        path: `${path}/{id}`,
        operationId: `get${name}`,
        summary: `One ${noun}`,
        request: { params: idParam },
        responses: { 200: one, ...problems("not_found") },
      }),
      async (c) => c.json(await getPreset(c.var.ctx, { kind, id: c.req.valid("param").id }), 200),
    )
    .openapi(
      contract({
        ...write,
        method: "put",
        path: `${path}/{id}`,
        operationId: `change${name}`,
        summary: `Changes what is given of a ${noun}`,
        request: { params: idParam, body: jsonBody(change) },
        responses: { 200: one, ...problems("not_found", "conflict") },
      }),
      async (c) => {
        const given = c.req.valid("json");
        return c.json(await changePreset(c.var.ctx, { kind, id: c.req.valid("param").id, given }), 200);
      },
    )
    .openapi(
      contract({
        ...write,
        method: "delete",
        path: `${path}/{id}`,
        operationId: `remove${name}`,
        summary: `Takes a ${noun} away; what names it keeps it`,
        request: { params: idParam },
        responses: { 204: { description: "It is gone" }, ...problems("not_found") },
      }),
      async (c) => {
        await removePreset(c.var.ctx, { kind, id: c.req.valid("param").id });
        return c.body(null, 204);
      },
    );
}
