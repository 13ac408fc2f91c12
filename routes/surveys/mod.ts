import type { Context } from "hono";
import { answerSurvey, openSurvey, type SurveyView } from "../../lib/tickets/mod.ts";
import type { AppEnv } from "../env.ts";
import { PLAIN_PAGE_POLICY } from "../html.ts";
import { createRouter } from "../router.ts";
import * as contracts from "./contract.ts";
import { surveyPage } from "./page.ts";

/** JSON for programs, a page for browsers, which ask for HTML. */
function answer(c: Context<AppEnv>, survey: SurveyView) {
  if (!(c.req.header("accept") ?? "").includes("text/html")) return c.json({ ...survey }, 200);
  return c.html(surveyPage(survey), 200, { "content-security-policy": PLAIN_PAGE_POLICY });
}

export const surveys = createRouter()
  .openapi(contracts.openSurveyRoute, async (c) => {
    return answer(c, await openSurvey(c.var.ctx, c.req.valid("param")));
  })
  .openapi(contracts.answerSurveyRoute, async (c) => {
    const form = (c.req.header("content-type") ?? "").startsWith("application/x-www-form-urlencoded");
    const given = form ? c.req.valid("form") : c.req.valid("json");
    return answer(c, await answerSurvey(c.var.ctx, { ...given, ...c.req.valid("param") }));
  });
