import { z } from "zod";
import { momentSchema } from "../business-time/mod.ts";
import { BUCKETS, RANGE_NAMES } from "./period.ts";

export const periodQuery = z.object({
  from: momentSchema.optional().describe("First day or instant, in the business's zone"),
  to: momentSchema.optional().describe("Last day (included) or instant (excluded); default: now"),
  range: z.enum(RANGE_NAMES).optional().describe("Back from the end, where from is not given; default: week"),
});

export const chartQuery = periodQuery.extend({ bucket: z.enum(BUCKETS).optional() });
