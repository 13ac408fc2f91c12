import {
  contactPreferences,
  listChatAddresses,
  listPushSubscriptions,
  myPreferences,
  pushKey,
  removeChatAddress,
  saveChatAddress,
  setContactPreferences,
  setMyPreferences,
  subscribePush,
  unsubscribePush,
} from "../../lib/notifications/mod.ts";
import { createRouter } from "../router.ts";
import * as contracts from "./contract.ts";

export const notificationSettings = createRouter()
  .openapi(contracts.addressesRoute, async (c) => {
    return c.json(await listChatAddresses(c.var.ctx, c.req.valid("query")), 200);
  })
  .openapi(contracts.saveAddressRoute, async (c) => {
    return c.json(await saveChatAddress(c.var.ctx, c.req.valid("json")), 201);
  })
  .openapi(contracts.removeAddressRoute, async (c) => {
    await removeChatAddress(c.var.ctx, c.req.valid("param").id);
    return c.body(null, 204);
  })
  .openapi(contracts.pushKeyRoute, (c) => c.json(pushKey(c.var.ctx), 200))
  .openapi(contracts.subscriptionsRoute, async (c) => {
    return c.json(await listPushSubscriptions(c.var.ctx, c.req.valid("query")), 200);
  })
  .openapi(contracts.subscribeRoute, async (c) => {
    const { endpoint, keys } = c.req.valid("json");
    const userAgent = c.req.header("user-agent")?.slice(0, 200) ?? null;
    return c.json(await subscribePush(c.var.ctx, { endpoint, ...keys, userAgent }), 201);
  })
  .openapi(contracts.unsubscribeRoute, async (c) => {
    await unsubscribePush(c.var.ctx, c.req.valid("param").id);
    return c.body(null, 204);
  })
  .openapi(contracts.preferencesRoute, async (c) => c.json(await myPreferences(c.var.ctx), 200))
  .openapi(contracts.setPreferencesRoute, async (c) => {
    return c.json(await setMyPreferences(c.var.ctx, c.req.valid("json")), 200);
  })
  .openapi(contracts.contactPreferencesRoute, async (c) => {
    return c.json(await contactPreferences(c.var.ctx, c.req.valid("param").id), 200);
  })
  .openapi(contracts.setContactPreferencesRoute, async (c) => {
    const order = { contactId: c.req.valid("param").id, peace: c.req.valid("json") };
    return c.json(await setContactPreferences(c.var.ctx, order), 200);
  });
