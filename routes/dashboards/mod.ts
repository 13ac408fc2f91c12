import {
  chart,
  type ChartName,
  CHARTS,
  followGauges,
  type Gauges,
  overview,
} from "../../lib/dashboards/mod.ts";
import { requireScope } from "../../lib/kernel/actors.ts";
import { SECOND } from "../../lib/kernel/clock.ts";
import { STREAM_HEADERS } from "../live/mod.ts";
import { follow, type LiveOptions, type Opening, openStream } from "../live/opening.ts";
import { named, orderlyEnd } from "../live/sse.ts";
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
    const { gone } = c.env;
    gone?.addEventListener("abort", release, { once: true });
    const beat = gone === undefined ? {} : { beatMs: 3 * SECOND };
    const events = follow(ctx, { after, signal: end.signal, ...beat });
    return c.body(stream(followGauges(ctx, { events, signal: end.signal }), opening), 200, STREAM_HEADERS);
  });
  return router;
}

/** Pulled by the connection, so a slow reader gets fewer pictures and each is of the moment. */
function stream(
  pictures: AsyncGenerator<Gauges | null, void, void>,
  { end, release }: Opening,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await pictures.next();
      if (!done) {
        return controller.enqueue(
          encoder.encode(value === null ? named("beat", {}) : named("metrics", { ...value })),
        );
      }
      if (end.reason !== "gone") controller.enqueue(encoder.encode(orderlyEnd(end)));
      controller.close();
      release();
    },
    async cancel() {
      release();
      await pictures.return();
    },
  }, { highWaterMark: 1 });
}
