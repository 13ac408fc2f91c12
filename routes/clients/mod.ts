import {
  changeClient,
  changeClientSettings,
  createClient,
  exportClients,
  getClient,
  getClientSettings,
  importClients,
  linkContact,
  listClientContacts,
  listClients,
  mergeClients,
  removeClient,
  unlinkContact,
} from "../../lib/clients/mod.ts";
import { createRouter } from "../router.ts";
import { csvOf } from "../upload.ts";
import * as contracts from "./contract.ts";

export const clients = createRouter()
  .openapi(contracts.listClientsRoute, async (c) => {
    return c.json(await listClients(c.var.ctx, c.req.valid("query")), 200);
  })
  .openapi(contracts.createClientRoute, async (c) => {
    return c.json(await createClient(c.var.ctx, c.req.valid("json")), 201);
  })
  .openapi(contracts.importClientsRoute, async (c) => {
    const content = await csvOf(c.req);
    return c.json(await importClients(c.var.ctx, { content }), 200);
  })
  .openapi(contracts.exportClientsRoute, async (c) => {
    return c.body(await exportClients(c.var.ctx), 200, {
      "content-type": "text/csv; charset=utf-8",
      "content-disposition": 'attachment; filename="clients.csv"',
    });
  })
  .openapi(contracts.clientSettingsRoute, async (c) => {
    return c.json(await getClientSettings(c.var.ctx), 200);
  })
  .openapi(contracts.changeClientSettingsRoute, async (c) => {
    return c.json(await changeClientSettings(c.var.ctx, c.req.valid("json")), 200);
  })
  .openapi(contracts.getClientRoute, async (c) => {
    return c.json(await getClient(c.var.ctx, c.req.valid("param")), 200);
  })
  .openapi(contracts.changeClientRoute, async (c) => {
    return c.json(await changeClient(c.var.ctx, { ...c.req.valid("json"), ...c.req.valid("param") }), 200);
  })
  .openapi(contracts.removeClientRoute, async (c) => {
    await removeClient(c.var.ctx, c.req.valid("param"));
    return c.body(null, 204);
  })
  .openapi(contracts.mergeClientsRoute, async (c) => {
    return c.json(await mergeClients(c.var.ctx, { ...c.req.valid("json"), ...c.req.valid("param") }), 200);
  })
  .openapi(contracts.listClientContactsRoute, async (c) => {
    const { id } = c.req.valid("param");
    return c.json(await listClientContacts(c.var.ctx, { id, ...c.req.valid("query") }), 200);
  })
  .openapi(contracts.linkContactRoute, async (c) => {
    return c.json(await linkContact(c.var.ctx, { ...c.req.valid("json"), ...c.req.valid("param") }), 200);
  })
  .openapi(contracts.unlinkContactRoute, async (c) => {
    const { id, contact_id: contactId } = c.req.valid("param");
    await unlinkContact(c.var.ctx, { id, contactId });
    return c.body(null, 204);
  });
