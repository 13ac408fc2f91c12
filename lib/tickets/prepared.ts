import type { Ctx, Tx } from "../context.ts";
import { findContact, loadBusiness, localeOf } from "../conversations/mod.ts";
import { findMembers } from "../identity/mod.ts";
import { AppError, invalid } from "../kernel/errors.ts";
import { fieldInText } from "./fields.ts";
import { fillPlaceholders, placeholdersIn } from "./placeholders.ts";
import { settingsOf } from "./settings.ts";
import type { TicketRow } from "./store.ts";
import { selectDesk } from "./store-desk.ts";

/** A prepared text with what it asks for. `locale`: what it is written in; null: as the ticket's customer speaks. */
export async function preparedText(
  tx: Tx,
  { row, text, locale = null }: { row: TicketRow; text: string; locale?: string | null },
): Promise<string> {
  if (placeholdersIn(text).length === 0) return text;
  const contact = row.contactId === null ? null : await findContact(tx, row.contactId);
  const [operator] = await findMembers(tx, { ids: [tx.actor.id] });
  return fillPlaceholders(text, {
    ticket: row,
    contact: contact?.name ?? null,
    operator: operator?.name ?? null,
    language: localeOf([locale, row.locale], (await loadBusiness(tx)).languages),
  });
}

export interface AskedText {
  readonly path: string;
  /** The names that it asks for. */
  readonly names: readonly string[];
}

/** Throws 422 for a custom field that the desk does not have. `path`: where the keys were given. */
export async function requireFieldKeys(
  at: Ctx,
  { keys, path = "custom" }: { keys: readonly string[]; path?: string },
): Promise<void> {
  if (keys.length === 0) return;
  const known = new Set(settingsOf(await selectDesk(at)).fields.map(({ key }) => key));
  const unknown = keys.find((key) => !known.has(key));
  if (unknown !== undefined) throw invalid(`${path}.${unknown}`, "there is no such field");
}

/** For who keeps texts, or says one of many tickets: throws 422 with each that asks for a custom field which the desk does not have. */
export async function requireFieldsIn(at: Ctx, texts: readonly AskedText[]): Promise<void> {
  const asked = texts.flatMap(({ path, names }) =>
    names.flatMap((name) => {
      const key = fieldInText(name);
      return key === null ? [] : [{ path, name, key }];
    })
  );
  if (asked.length === 0) return;
  const keys = settingsOf(await selectDesk(at)).fields.map(({ key }) => key);
  const errors = asked.filter(({ key }) => !keys.includes(key)).map(({ path, name }) => ({
    path,
    message: `{{${name}}}: there is no such field; ${
      keys.length === 0 ? "the desk has none" : `there are ${keys.join(", ")}`
    }`,
  }));
  const [first] = errors;
  if (first === undefined) return;
  throw new AppError("validation_failed", `${first.path}: ${first.message}`, { errors });
}
