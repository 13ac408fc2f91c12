import {
  chart,
  type ChartName,
  CHARTS,
  followGauges,
  type Gauges,
  overview,
} from "../../lib/dashboards/mod.ts";
import { requireScope } from "../../lib/kernel/actors.ts";
import { STREAM_HEADERS } from "../live/mod.ts";
import { beatOf, follow, type LiveOptions, openStream } from "../live/opening.ts";
import { named, textStream } from "../live/sse.ts";
import { createRouter, type Router } from "../router.ts";
import { chartRoute, overviewRoute, realTimeRoute } from "./contract.ts";

/** Figures: of a period, over time, and of this moment. */
export function createDashboards(options: LiveOptions): Router {
  const router = createRouter();

  router.openapi(overviewRoute, async (c) => c.json(await overview(c.var.ctx, c.req.valid("query")), 200));

  for (const name of Object.keys(CHARTS) as ChartName[]) {
    router.openapi(chartRoute(name), async (c) => {
      return c.json(await chart(c.var.ctx, { name, ...c.req.valid("query") }), 200);
    });
  }

  router.openapi(realTimeRoute, async (c) => {
    const opening = await openStream(c, { query: c.req.valid("query"), after: null, options });
    const { ctx, after, end, release } = opening;
    try {
      requireScope(ctx, "dashboards:read");
    } catch (thrown) {
      release();
      throw thrown;
    }
    const events = follow(ctx, { after, signal: end.signal, ...beatOf(c) });
    const items = followGauges(ctx, { events, signal: end.signal });
    // Pulled by the connection: a slow reader gets fewer pictures, and each is of the moment.
    return c.body(textStream({ items, toText, opening }), 200, STREAM_HEADERS);
  });
  return router;
}

const toText = (gauges: Gauges | null) =>
  gauges === null ? named("beat", {}) : named("metrics", { ...gauges });
