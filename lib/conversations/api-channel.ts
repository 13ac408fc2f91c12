import type { Ctx } from "../context.ts";
import { requireScope } from "../kernel/actors.ts";
import { type Received, receiveMessage } from "./receive.ts";

export interface CustomerMessage {
  readonly contact: {
    readonly external_id: string;
    readonly name?: string | null | undefined;
    readonly locale?: string | null | undefined;
  };
  readonly text: string;
  readonly external_message_id?: string | undefined;
}

/** A customer's message over the API channel, or over the console: the caller speaks for the customer. */
export async function receiveFromApi(
  ctx: Ctx,
  { contact, text, external_message_id }: CustomerMessage,
  channel: "api" | "console" = "api",
): Promise<Received> {
  requireScope(ctx, "conversations:write");
  const { external_id: value, name, locale } = contact;
  return await receiveMessage(ctx, {
    channelAccountId: { own: channel },
    contact: { identities: [{ kind: "external", value }], name, locale },
    externalId: external_message_id ?? null,
    kind: "text",
    text,
  });
}
