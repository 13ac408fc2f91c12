import type { AppOptions } from "./app.ts";
import { health } from "./health/mod.ts";
import { openapiRoutes } from "./openapi/mod.ts";
import type { Router } from "./router.ts";

/** Every router and where it hangs. Fixed paths come before those with parameters. */
export function mountRoutes(app: Router, _options: AppOptions): void {
  app.route("/", health);
  app.route("/", openapiRoutes(app));
}
