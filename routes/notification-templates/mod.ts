import {
  createTemplateRow,
  getTemplateRow,
  listTemplateRows,
  previewTemplate,
  removeTemplateRow,
  replaceTemplateRow,
} from "../../lib/notifications/mod.ts";
import { TEMPLATES } from "../../lib/templates/mod.ts";
import { createRouter } from "../router.ts";
import * as contracts from "./contract.ts";

const builtIn = TEMPLATES.map(({ name, category, texts, example }) => ({ name, category, texts, example }));

export const notificationTemplatesRouter = createRouter()
  .openapi(
    contracts.listRoute,
    async (c) => c.json(await listTemplateRows(c.var.ctx, c.req.valid("query")), 200),
  )
  .openapi(contracts.builtInRoute, (c) => c.json({ data: builtIn }, 200))
  .openapi(contracts.createRoute, async (c) => {
    const save = { content: c.req.valid("json"), builtIn: TEMPLATES };
    return c.json(await createTemplateRow(c.var.ctx, save), 201);
  })
  .openapi(
    contracts.getRoute,
    async (c) => c.json(await getTemplateRow(c.var.ctx, c.req.valid("param").id), 200),
  )
  .openapi(contracts.replaceRoute, async (c) => {
    const save = { id: c.req.valid("param").id, content: c.req.valid("json"), builtIn: TEMPLATES };
    return c.json(await replaceTemplateRow(c.var.ctx, save), 200);
  })
  .openapi(contracts.removeRoute, async (c) => {
    await removeTemplateRow(c.var.ctx, c.req.valid("param").id);
    return c.body(null, 204);
  })
  .openapi(contracts.previewRoute, async (c) => {
    const preview = { ...c.req.valid("json"), ...c.req.valid("param"), builtIn: TEMPLATES };
    return c.json(await previewTemplate(c.var.ctx, preview), 200);
  });
