import { z } from "zod";
import type { Ctx } from "../context.ts";
import { defineTool, type Tool } from "../kernel/define-tool.ts";
import { anything, list, page, rows } from "../kernel/tool-shapes.ts";
import { listCalls, replayCalls, testEndpoint } from "./endpoint-calls.ts";
import {
  changeEndpoint,
  createEndpoint,
  getEndpoint,
  listEndpoints,
  removeEndpoint,
  rotateEndpointSecret,
} from "./endpoints.ts";
import { DELIVERY_STATES, descriptionField, typesField, urlField } from "./schemas.ts";

const one = z.object({ id: z.string().min(1).max(64).describe("The endpoint's id") });
const types = typesField.describe("Types of events such as ticket.opened, ticket.* or *");
const url = urlField.describe("An address of the public internet");

/** What an agent, a person at the command line or a workflow can do with webhook endpoints. */
export const endpointTools: readonly Tool<Ctx>[] = [
  defineTool({
    name: "webhooks.list",
    summary: "Whom the workspace's events are told to",
    scope: "webhooks:read",
    destructive: false,
    input: page,
    output: list,
    run: async (ctx: Ctx, input) => rows(await listEndpoints(ctx, input)),
  }),
  defineTool({
    name: "webhooks.show",
    summary: "One webhook endpoint",
    scope: "webhooks:read",
    destructive: false,
    input: one,
    output: anything,
    run: async (ctx: Ctx, { id }) => ({ ...await getEndpoint(ctx, id) }),
  }),
  defineTool({
    name: "webhooks.create",
    summary: "Has events told to an address from now on; the secret is shown this once",
    scope: "webhooks:write",
    destructive: false,
    secret: true,
    input: z.object({ url, types: types.default(["*"]), description: descriptionField.optional() }),
    output: anything,
    run: async (ctx: Ctx, input) => ({ ...await createEndpoint(ctx, input) }),
  }),
  defineTool({
    name: "webhooks.change",
    summary: "Changes what is given of a webhook endpoint; enabled takes back what was disabled by itself",
    scope: "webhooks:write",
    destructive: false,
    input: one.extend({
      url: url.optional(),
      types: types.optional(),
      description: descriptionField.optional(),
      enabled: z.boolean().optional(),
    }),
    output: anything,
    run: async (ctx: Ctx, input) => ({ ...await changeEndpoint(ctx, input) }),
  }),
  defineTool({
    name: "webhooks.remove",
    summary: "Tells an endpoint nothing any more",
    scope: "webhooks:write",
    destructive: true,
    input: one,
    output: z.object({ removed: z.literal(true) }),
    run: async (ctx: Ctx, { id }) => {
      await removeEndpoint(ctx, id);
      return { removed: true as const };
    },
  }),
  defineTool({
    name: "webhooks.rotate",
    summary: "Makes an endpoint a new secret, shown this once; the one before signs as well for some hours",
    scope: "webhooks:write",
    destructive: true,
    secret: true,
    input: one.extend({ grace_hours: z.int().min(0).max(168).default(24) }),
    output: anything,
    run: async (ctx: Ctx, { id, grace_hours: graceHours }) => ({
      ...await rotateEndpointSecret(ctx, { id, graceHours }),
    }),
  }),
  defineTool({
    name: "webhooks.test",
    summary: "Calls an endpoint with an event of type webhook.test",
    scope: "webhooks:write",
    destructive: false,
    input: one,
    output: anything,
    run: async (ctx: Ctx, { id }) => ({ ...await testEndpoint(ctx, id) }),
  }),
  defineTool({
    name: "webhooks.calls",
    summary: "The calls of an endpoint and what became of each, the newest first",
    scope: "webhooks:read",
    destructive: false,
    input: one.extend({ ...page.shape, state: z.enum(DELIVERY_STATES).optional() }),
    output: list,
    run: async (ctx: Ctx, { state, ...query }) =>
      rows(await listCalls(ctx, { ...query, states: state === undefined ? undefined : [state] })),
  }),
  defineTool({
    name: "webhooks.replay",
    summary: "Makes calls of an endpoint again under their first ids: those that failed or were skipped",
    scope: "webhooks:write",
    destructive: true,
    input: one.extend({
      since: z.iso.datetime({ offset: true }).optional().describe("Only calls made since then"),
      states: z.array(z.enum(["failed", "skipped", "delivered", "outcome_unknown"])).min(1).optional(),
      delivery_ids: z.array(z.string().max(64)).min(1).max(1000).optional(),
    }),
    output: z.object({ replayed: z.int(), more: z.boolean() }),
    run: async (ctx: Ctx, { id, since, states, delivery_ids: deliveryIds }) => {
      const from = since === undefined ? undefined : Date.parse(since);
      return await replayCalls(ctx, { id, since: from, states, deliveryIds });
    },
  }),
];
