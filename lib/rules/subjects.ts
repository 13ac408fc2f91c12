import { findTalk, getConversation, selectOpenTalks, selectUnanswered } from "../conversations/mod.ts";
import type { Ctx, Tx } from "../context.ts";
import { getVisit, nextVisits, visitToCome } from "../visits/mod.ts";
import type { OtherTime } from "./catalogue.ts";
import { type Json, waitingMessage } from "./facts.ts";

/** What is known of a subject for as long as it is as the rule waits for. */
export interface Told {
  readonly data: Json;
  /** The ticket that it belongs to. */
  readonly ticketId: string | null;
  readonly conversationId: string | null;
}

/** What rules of time look at beside tickets. */
interface Subject {
  /** The events that may begin such a time. */
  readonly begins: ReadonlySet<string>;
  readonly idOf: (
    event: { readonly subjectId: string; readonly conversationId: string | null },
  ) => string | null;
  /** The moment that is counted from, or up to; null: it is not so, or not any more. */
  readonly momentOf: (at: Ctx, id: string) => Promise<number | null>;
  readonly tell: (ctx: Ctx, id: string) => Promise<Told>;
  /** Those that are so now, by their ids. */
  readonly list: (tx: Tx, page: { after: string | null; limit: number }) => Promise<string[]>;
}

export const SUBJECTS: Readonly<Record<OtherTime, Subject>> = {
  visit_starts: {
    begins: new Set(["visit.scheduled"]),
    idOf: ({ subjectId }) => subjectId,
    momentOf: async (at, id) => (await visitToCome(at, id))?.startsAt ?? null,
    tell: async (ctx, id) => {
      const { steps: _steps, ...visit } = await getVisit(ctx, { id });
      return { data: { visit }, ticketId: visit.ticket_id, conversationId: null };
    },
    list: nextVisits,
  },
  conversation_waits: {
    begins: new Set(["message.received"]),
    idOf: ({ conversationId }) => conversationId,
    momentOf: async (at, id) => {
      const talk = await findTalk(at, id);
      if (talk === null || talk.conversation.state === "closed") return null;
      return (await selectUnanswered(at, id))?.createdAt ?? null;
    },
    tell: async (ctx, id) => {
      const conversation = await getConversation(ctx, { conversationId: id });
      const said = await selectUnanswered(ctx, id);
      const message = said === null ? null : waitingMessage({ ...said, conversationId: id });
      return { data: { conversation, message }, ticketId: null, conversationId: id };
    },
    list: selectOpenTalks,
  },
};
