import type { Assets } from "../../lib/ports/assets.ts";
import { PAGE, VIEWER_PAGE } from "../pages/policies.ts";
import { sendAsset } from "../pages/send.ts";
import { createRouter, type Router } from "../router.ts";
import { errorCatalogue } from "./errors.ts";

/** The reference of the API: Swagger UI, Redoc, and the page that each problem's `type` points at. */
export function createDocs({ assets }: { readonly assets: Assets }): Router {
  const router = createRouter();
  for (const path of ["/docs", "/api/docs"]) {
    router.get(path, (c) => sendAsset(c, { assets, name: "docs/swagger.html", headers: VIEWER_PAGE }));
  }
  for (const path of ["/redoc", "/api/redoc"]) {
    router.get(path, (c) => sendAsset(c, { assets, name: "docs/redoc.html", headers: VIEWER_PAGE }));
  }
  router.get("/docs/errors", (c) => {
    for (const [header, value] of Object.entries(PAGE)) c.header(header, value);
    return c.html(errorCatalogue());
  });
  return router;
}
