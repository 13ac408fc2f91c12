import type { Tx } from "../context.ts";
import { type Json, record, textOf } from "./envelope.ts";
import {
  selectTemplateByName,
  selectTemplateByRemoteId,
  type TemplateFields,
  updateTemplateAt,
  upsertTemplate,
} from "./store-templates.ts";
import { wholeSecond } from "./templates.ts";

/** The webhook fields that tell of templates. */
export const TEMPLATE_FIELDS = [
  "message_template_status_update",
  "message_template_quality_update",
  "template_category_update",
] as const;
export type TemplateField = typeof TEMPLATE_FIELDS[number];

export interface TemplateNews {
  readonly field: string;
  readonly businessAccountId: string;
  readonly value: Json;
  /** When Meta says that it happened, UTC ms; null: not told, now. */
  readonly at: number | null;
}

/** Events after which a template may be sent. */
const USABLE: Readonly<Record<string, string>> = { REINSTATED: "APPROVED", UNARCHIVED: "APPROVED" };
/** Warnings: the template can still be sent, or is only closed to changes. */
const NOT_A_STATUS: ReadonlySet<string> = new Set(["FLAGGED", "LOCKED", "UNLOCKED", "LIMIT_EXCEEDED"]);

/**
 * Applies a webhook about a template to its row in the workspace of `tx`; one that is not known yet gets a row. News
 * that are older than what the row says change nothing. False: nothing changed (old news, or not about a template).
 */
export async function applyTemplateStatus(tx: Tx, news: TemplateNews): Promise<boolean> {
  const { field, businessAccountId, value } = news;
  const statusAt = wholeSecond(news.at ?? tx.now());
  const remoteId = textOf(value["message_template_id"]);
  const change = CHANGES[field]?.(value);
  if (change === undefined || remoteId === "" || Object.keys(change).length === 0) return false;
  if (await updateTemplateAt(tx, { businessAccountId, remoteId }, { ...change, statusAt })) return true;
  const name = textOf(value["message_template_name"]);
  // Meta writes en-US here and en_US everywhere else.
  const language = textOf(value["message_template_language"]).replace("-", "_");
  if (await selectTemplateByRemoteId(tx, { businessAccountId, remoteId }) !== null) return false;
  if (change.status === undefined || name === "" || language === "") return false;
  // Deleted and made again under the same name: the row is the old one's.
  const old = await selectTemplateByName(tx, { businessAccountId, name, language });
  if (old !== null && old.statusAt > statusAt) return false;
  await upsertTemplate(tx, {
    businessAccountId,
    remoteId,
    name: name.slice(0, 512),
    language: language.slice(0, 16),
    category: textOf(value["message_template_category"]) || "UTILITY",
    reason: null,
    quality: null,
    components: [],
    status: change.status,
    ...change,
    statusAt,
  });
  return true;
}

const CHANGES: Readonly<Record<string, (value: Json) => Partial<TemplateFields>>> = {
  message_template_status_update(value) {
    const event = textOf(value["event"]).toUpperCase().slice(0, 60);
    if (event === "" || NOT_A_STATUS.has(event)) return {};
    const category = textOf(value["message_template_category"]);
    return {
      status: USABLE[event] ?? event,
      reason: reasonOf(value),
      ...(category === "" ? {} : { category: category.slice(0, 60) }),
    };
  },
  message_template_quality_update(value) {
    const quality = textOf(value["new_quality_score"]);
    return quality === "" ? {} : { quality: quality.slice(0, 60) };
  },
  template_category_update(value) {
    const category = textOf(value["new_category"]);
    return category === "" ? {} : { category: category.slice(0, 60) };
  },
};

/** What a person reads of why: Meta's word, then its explanation. */
function reasonOf(value: Json): string | null {
  const rejection = record(value["rejection_info"]);
  const other = record(value["other_info"]);
  const word = textOf(value["reason"]);
  const parts = [
    word === "NONE" ? "" : word,
    textOf(rejection["reason"]),
    textOf(rejection["recommendation"]),
    textOf(other["title"]),
    textOf(other["description"]),
  ].filter((part) => part !== "");
  return parts.length === 0 ? null : parts.join(": ").slice(0, 1000);
}
