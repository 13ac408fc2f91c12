import { VERSION } from "../../lib/version.ts";
import { createRouter, type Router } from "../router.ts";

const DESCRIPTION = `One back-end for the work between a business and its customers.

Every path under \`/api\` also answers under \`/api/v1\` and \`/api/v3\`. Errors are RFC 9457 problem documents;
lists are \`{data, next_cursor}\`; \`Idempotency-Key\` works on every POST.`;

/** /openapi.json out of the contracts of `app`, made once when it is first asked for. */
export function openapiRoutes(app: Router): Router {
  let document: string | undefined;
  const build = () =>
    JSON.stringify(app.getOpenAPI31Document({
      openapi: "3.1.0",
      info: {
        title: "Cauce",
        version: VERSION,
        description: DESCRIPTION,
        license: { name: "MIT" },
      },
      servers: [
        { url: "/", description: "The API" },
        { url: "/api/v1", description: "The same, for clients that name version 1" },
        { url: "/api/v3", description: "The same, for clients that name version 3" },
      ],
    }));
  app.openAPIRegistry.registerComponent("securitySchemes", "bearer", {
    type: "http",
    scheme: "bearer",
    description: "An access token of /api/auth/login, or an API key",
  });
  app.openAPIRegistry.registerComponent("securitySchemes", "api_key", {
    type: "apiKey",
    in: "header",
    name: "x-api-key",
  });
  return createRouter().get("/openapi.json", (c) => {
    document ??= build();
    return c.body(document, 200, { "content-type": "application/json", "cache-control": "no-cache" });
  }) as Router;
}
