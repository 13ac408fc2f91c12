import type { Assets } from "../../lib/ports/assets.ts";
import { createRouter, type Router } from "../router.ts";
import { EMBEDDABLE_PAGE, PAGE, SHARED_SCRIPT } from "./policies.ts";
import { sendAsset } from "./send.ts";

/** The pages that people see: start, web chat, inbox, and the files that these load. */
export function createPages({ assets }: { readonly assets: Assets }): Router {
  const router = createRouter();
  router.get("/", (c) => sendAsset(c, { assets, name: "start/index.html", headers: PAGE }));
  router.get("/inbox", (c) => sendAsset(c, { assets, name: "inbox/index.html", headers: PAGE }));
  router.get(
    "/chat/widget.js",
    (c) => sendAsset(c, { assets, name: "chat/widget.js", headers: SHARED_SCRIPT }),
  );
  for (const path of ["/chat", "/chat/:key"]) {
    router.get(path, (c) => sendAsset(c, { assets, name: "chat/index.html", headers: EMBEDDABLE_PAGE }));
  }
  router.get("/favicon.ico", (c) => sendAsset(c, { assets, name: "shared/icon.svg" }));
  router.get("/assets/:name{.+}", (c) => sendAsset(c, { assets, name: c.req.param("name") }));
  return router;
}
