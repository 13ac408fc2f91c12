import { there } from "../kernel/errors.ts";
import type { Tx } from "../context.ts";
import { preparedText } from "./prepared.ts";
import type { TicketRow } from "./store.ts";
import { selectPreset } from "./store-presets.ts";

/** A prepared text with what it asks for. Throws 422 for one that is not there. */
export async function cannedText(tx: Tx, { row, id }: { row: TicketRow; id: string }): Promise<string> {
  const { data } = there("canned_reply_id", await selectPreset(tx, { kind: "canned_reply", id }));
  const locale = typeof data["locale"] === "string" ? data["locale"] : null;
  return await preparedText(tx, { row, text: String(data["text"]), locale });
}
