import type { Consumer } from "../consumers/mod.ts";
import { incrementsOf, QUARTER_MS } from "./metrics.ts";
import { addToRollup } from "./store.ts";

/** Keeps the counts in step with the event log: each event once, with the cursor. */
export const dashboardsConsumer: Consumer = {
  name: "dashboards",
  handle: async (tx, event) => {
    for (const { at = event.at, ...increment } of incrementsOf(event)) {
      await addToRollup(tx, { ...increment, bucket: Math.floor(at / QUARTER_MS) * QUARTER_MS });
    }
  },
};
