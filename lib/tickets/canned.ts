import { there } from "../kernel/errors.ts";
import type { Tx } from "../context.ts";
import { findContact } from "../conversations/mod.ts";
import { findMembers } from "../identity/mod.ts";
import { fillPlaceholders } from "./placeholders.ts";
import type { TicketRow } from "./store.ts";
import { selectPreset } from "./store-presets.ts";

/** A prepared text with what it asks for. Throws 422 for one that is not there. */
export async function cannedText(tx: Tx, { row, id }: { row: TicketRow; id: string }): Promise<string> {
  const preset = there("canned_reply_id", await selectPreset(tx, { kind: "canned_reply", id }));
  const contact = row.contactId === null ? null : await findContact(tx, row.contactId);
  const [operator] = await findMembers(tx, { ids: [tx.actor.id] });
  return fillPlaceholders(String(preset.data["text"]), {
    ticket: row,
    contact: contact?.name ?? null,
    operator: operator?.name ?? null,
  });
}
