import { type Ctx, publicAddress } from "../../lib/context.ts";
import { requireSignedIn } from "../../lib/kernel/actors.ts";
import { VERSION } from "../../lib/version.ts";
import { createRouter, type Router } from "../router.ts";
import { watsonTools } from "./tools.ts";

const INFO = {
  title: "Cauce",
  version: VERSION,
  description: "Service desk actions: tickets, visits, notifications, reports.",
} as const;

/**
 * /openapi/orchestrate.json: the tools in the form that Watson Orchestrate imports. It takes OpenAPI 3.0 with one
 * server, an operationId and a description for each operation, and named security schemes (developer.watson-orchestrate.ibm.com).
 * For whoever is signed in: it is fetched once, and handed to Orchestrate as a file.
 */
export function createOrchestrate({ config }: Pick<Ctx, "config">): Router {
  let text: string | undefined;
  const build = () => {
    const document = watsonTools.getOpenAPIDocument({
      openapi: "3.0.3",
      info: INFO,
      servers: [{ url: publicAddress({ config }, "") }],
    });
    const components = {
      ...document.components,
      securitySchemes: { api_key: { type: "apiKey", in: "header", name: "x-api-key" } },
    };
    return JSON.stringify({ ...document, paths: forOrchestrate(document.paths), components });
  };
  return createRouter().get("/openapi/orchestrate.json", (c) => {
    requireSignedIn(c.var.ctx);
    text ??= build();
    return c.body(text, 200, { "content-type": "application/json", "cache-control": "no-cache" });
  }) as Router;
}

const OUTCOME = {
  type: "object",
  properties: {
    report_id: { type: "string", description: "Id of the report" },
    state: { type: "string", description: "done or failed" },
    reply: { type: "string", description: "What to tell the person" },
    download_url: { type: "string", description: "Where the file is" },
  },
} as const;

const CALLBACKS = {
  outcome: {
    "{$request.header.callbackUrl}": {
      post: {
        operationId: "report_outcome",
        description: "The outcome of the report",
        requestBody: { required: true, content: { "application/json": { schema: OUTCOME } } },
        responses: { 200: { description: "Taken" } },
      },
    },
  },
} as const;

/** Each operation names its security; one that declares `callbackUrl` says what will be posted there. */
function forOrchestrate(paths: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(paths).map(([path, { post }]) => {
      const slow = JSON.stringify(post).includes('"callbackUrl"');
      return [path, {
        post: { ...post, security: [{ api_key: [] }], ...(slow ? { callbacks: CALLBACKS } : {}) },
      }];
    }),
  );
}
