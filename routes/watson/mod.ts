import {
  addExample,
  answerWatson,
  latestActivities,
  listActivities,
  listExamples,
  listSessions,
  removeExample,
  testConnection,
  watsonCaller,
  watsonStatus,
} from "../../lib/watson/mod.ts";
import { AppError } from "../../lib/kernel/errors.ts";
import { createRouter } from "../router.ts";
import * as contracts from "./contract.ts";
import { proofOf } from "./proof.ts";

/** Watson Orchestrate and watsonx Assistant. */
export const watson = createRouter()
  .openapi(contracts.webhookRoute, async (c) => {
    const ctx = await watsonCaller(c.var.ctx, proofOf(c.req.raw.headers));
    const body: unknown = await c.req.json().catch(() => {
      throw new AppError("bad_request", "The body is not JSON");
    });
    return c.json(await answerWatson(ctx, body), 200);
  })
  .openapi(contracts.statusRoute, async (c) => c.json(await watsonStatus(c.var.ctx), 200))
  .openapi(contracts.sessionsRoute, async (c) => {
    return c.json(await listSessions(c.var.ctx, c.req.valid("query")), 200);
  })
  .openapi(contracts.activitiesRoute, async (c) => {
    const query = { ...c.req.valid("query"), id: c.req.valid("param").id };
    return c.json(await listActivities(c.var.ctx, query), 200);
  })
  .openapi(contracts.latestRoute, async (c) => {
    return c.json(await latestActivities(c.var.ctx, c.req.valid("query")), 200);
  })
  .openapi(contracts.testRoute, async (c) => c.json(await testConnection(c.var.ctx), 200))
  .openapi(contracts.examplesRoute, async (c) => {
    return c.json({ data: await listExamples(c.var.ctx), next_cursor: null }, 200);
  })
  .openapi(contracts.addExampleRoute, async (c) => {
    return c.json(await addExample(c.var.ctx, c.req.valid("json")), 201);
  })
  .openapi(contracts.removeExampleRoute, async (c) => {
    await removeExample(c.var.ctx, c.req.valid("param").id);
    return c.body(null, 204);
  });

watson.openAPIRegistry.registerPath(contracts.webhookShown);
