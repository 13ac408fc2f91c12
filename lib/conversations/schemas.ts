import { z } from "zod";
import { IDENTITY_KINDS } from "./store-kinds.ts";

export * from "./store-kinds.ts";
export {
  type BusinessChange,
  businessChangeSchema,
  type BusinessConfig,
  businessConfigSchema,
} from "./business-schema.ts";

/** Characters and counts, in one place. */
export const LIMITS = {
  text: 20_000,
  name: 200,
  identity: 200,
  identities: 10,
  externalId: 200,
  attachments: 10,
  fileName: 120,
} as const;

export const identitySchema = z.object({
  kind: z.enum(IDENTITY_KINDS),
  value: z.string().min(1).max(LIMITS.identity),
});
