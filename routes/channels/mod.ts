import { getChannelAccount, listChannelAccounts } from "../../lib/conversations/mod.ts";
import { changeChannel, connectChannel, disconnectChannel } from "../../lib/messaging/mod.ts";
import { createRouter } from "../router.ts";
import * as contracts from "./contract.ts";

export const channels = createRouter()
  .openapi(contracts.listChannelsRoute, async (c) => {
    const { channel } = c.req.valid("query");
    const data = await listChannelAccounts(c.var.ctx, channel === undefined ? {} : { channel });
    return c.json({ data, next_cursor: null }, 200);
  })
  .openapi(contracts.connectChannelRoute, async (c) => {
    const { secrets = null, settings = {}, ...given } = c.req.valid("json");
    return c.json(await connectChannel(c.var.ctx, { ...given, settings, secrets }), 201);
  })
  .openapi(contracts.getChannelRoute, async (c) => {
    return c.json(await getChannelAccount(c.var.ctx, { id: c.req.valid("param").id }), 200);
  })
  .openapi(contracts.changeChannelRoute, async (c) => {
    const { id } = c.req.valid("param");
    return c.json(await changeChannel(c.var.ctx, { id, ...c.req.valid("json") }), 200);
  })
  .openapi(contracts.disconnectChannelRoute, async (c) => {
    await disconnectChannel(c.var.ctx, { id: c.req.valid("param").id });
    return c.body(null, 204);
  });
