import type { MessageKind } from "./store-kinds.ts";

export * from "./store-kinds.ts";
export {
  type BusinessChange,
  businessChangeSchema,
  type BusinessConfig,
  businessConfigSchema,
} from "./business-schema.ts";

/** Kinds of messages that ask for no answer. */
export const SIGNS: ReadonlySet<unknown> = new Set<MessageKind>(["reaction", "system"]);

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
