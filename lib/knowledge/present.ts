import { iso, isoOrNull } from "../kernel/clock.ts";
import type { EntryRow } from "./store.ts";
import type { UnansweredRow } from "./store-unanswered.ts";

export function toEntryDto(row: EntryRow) {
  const { id, kind, title, body, locale, tags, source, sample, enabled } = row;
  return {
    id,
    kind,
    title,
    body,
    locale,
    tags,
    source,
    sample,
    enabled,
    created_at: iso(row.createdAt),
    updated_at: iso(row.updatedAt),
  };
}

export function toUnansweredDto(row: UnansweredRow) {
  const { id, question, locale, times } = row;
  return {
    id,
    question,
    locale,
    times,
    state: row.entryId !== null
      ? "answered" as const
      : row.dismissedAt !== null
      ? "dismissed" as const
      : "open" as const,
    entry_id: row.entryId,
    conversation_id: row.conversationId,
    dismissed_at: isoOrNull(row.dismissedAt),
    created_at: iso(row.createdAt),
    last_asked_at: iso(row.lastAskedAt),
  };
}
