import type { Context } from "hono";
import { answerVisitLink, openVisitLink, readFeed, type VisitLinkView } from "../../lib/visits/mod.ts";
import type { AppEnv } from "../env.ts";
import { PLAIN_PAGE_POLICY } from "../html.ts";
import { createRouter } from "../router.ts";
import * as contracts from "./contract.ts";
import { visitPage } from "./page.ts";

/** JSON for programs, a page for browsers, which ask for HTML. */
function answer(c: Context<AppEnv>, visit: VisitLinkView) {
  if (!(c.req.header("accept") ?? "").includes("text/html")) return c.json({ ...visit }, 200);
  return c.html(visitPage(visit), 200, { "content-security-policy": PLAIN_PAGE_POLICY });
}

export const visitLinks = createRouter()
  .openapi(contracts.openVisitLinkRoute, async (c) => {
    return answer(c, await openVisitLink(c.var.ctx, c.req.valid("param")));
  })
  .openapi(contracts.answerVisitLinkRoute, async (c) => {
    const form = (c.req.header("content-type") ?? "").startsWith("application/x-www-form-urlencoded");
    const { action } = form ? c.req.valid("form") : c.req.valid("json");
    return answer(c, await answerVisitLink(c.var.ctx, { action, ...c.req.valid("param") }));
  })
  .openapi(contracts.readFeedRoute, async (c) => {
    return c.body(await readFeed(c.var.ctx, c.req.valid("param")), 200, {
      "content-type": "text/calendar; charset=utf-8",
      "content-disposition": 'inline; filename="visits.ics"',
    });
  });
