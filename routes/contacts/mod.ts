import { changeContact, getContact, listContacts } from "../../lib/conversations/mod.ts";
import { erasePerson, exportPerson } from "../../lib/privacy/mod.ts";
import { createRouter } from "../router.ts";
import * as contracts from "./contract.ts";

export const contacts = createRouter()
  .openapi(contracts.listContactsRoute, async (c) => {
    return c.json(await listContacts(c.var.ctx, c.req.valid("query")), 200);
  })
  .openapi(contracts.getContactRoute, async (c) => {
    return c.json(await getContact(c.var.ctx, { contactId: c.req.valid("param").id }), 200);
  })
  .openapi(contracts.changeContactRoute, async (c) => {
    const { id: contactId } = c.req.valid("param");
    return c.json(await changeContact(c.var.ctx, { contactId, ...c.req.valid("json") }), 200);
  })
  .openapi(contracts.exportContactRoute, async (c) => {
    const { id } = c.req.valid("param");
    const disposition = `attachment; filename="${id.replace(/\W/g, "")}.json"`;
    return c.json(await exportPerson(c.var.ctx, { contactId: id }), 200, {
      "content-disposition": disposition,
    });
  })
  .openapi(contracts.eraseContactRoute, async (c) => {
    return c.json(await erasePerson(c.var.ctx, { contactId: c.req.valid("param").id }), 200);
  });
