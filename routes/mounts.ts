import type { AppOptions } from "./app.ts";
import { createDocs } from "./docs/mod.ts";
import { health } from "./health/mod.ts";
import { knowledge } from "./knowledge/mod.ts";
// import { createLive } from "./live/mod.ts";
import { openapiRoutes } from "./openapi/mod.ts";
import { createPages } from "./pages/mod.ts";
import type { Router } from "./router.ts";

/** The API's routers, whole paths in their contracts. Fixed paths come before those with parameters. */
const API: readonly Router[] = [
  health,
  knowledge,
];

/** Every router and where it hangs. */
export function mountRoutes(
  app: Router,
  { assets = null }: AppOptions,
): void {
  for (const router of API) app.route("/", router);
  // app.route("/", createLive({ upgrade, shutdown }));
  app.route("/", openapiRoutes(app));
  if (assets === null) return;
  app.route("/", createDocs({ assets }));
  app.route("/", createPages({ assets }));
}
