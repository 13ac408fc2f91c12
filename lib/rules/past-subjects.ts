import { SIGNS } from "../conversations/mod.ts";
import type { LiveEvent } from "../ports/live.ts";
import type { OtherTime } from "./catalogue.ts";
import { type Json, recordIn } from "./facts.ts";
import type { WaitingTalk } from "./past-standing.ts";

/** What a past event says of a time that began by it. */
export interface PastTime {
  readonly time: OtherTime;
  readonly subjectId: string;
  readonly moment: number;
}

/** The events that are read for it beside those that rules wait for. */
export const PAST_EVENTS = [
  "visit.changed",
  "visit.on_the_way",
  "visit.checked_in",
  "message.sent",
  "message.queued",
  "conversation.opened",
  "conversation.changed",
] as const;

/**
 * Visits and conversations as they were, from what past events say of them. `talkAt`: of a conversation of which none
 * did.
 */
export function openPastSubjects(talkAt: (conversationId: string, time: number) => Promise<Json | null>) {
  const visits = new Map<string, Json>();
  const talks = new Map<string, Json>();
  const waits = new Map<string, Json>();

  function follow(event: LiveEvent): PastTime | null {
    const { type, data, subjectId, conversationId } = event;
    const visit = recordIn(data, "visit");
    if (visit !== null) {
      visits.set(subjectId, visit);
      const moment = Date.parse(String(visit["starts_at"]));
      return type === "visit.scheduled" ? { time: "visit_starts", subjectId, moment } : null;
    }
    const talk = recordIn(data, "conversation");
    if (talk !== null) talks.set(subjectId, talk);
    const message = recordIn(data, "message");
    if (message === null || conversationId === null) return null;
    if (type === "message.received" && !SIGNS.has(message["kind"]) && !waits.has(conversationId)) {
      waits.set(conversationId, message);
      return { time: "conversation_waits", subjectId: conversationId, moment: waitsSince(message) };
    }
    if (message["direction"] === "out" && message["author"] !== "system") waits.delete(conversationId);
    return null;
  }

  /** A visit that was to come before the first of the events. */
  function stand(visit: Json & { readonly id: string }): PastTime {
    visits.set(visit.id, visit);
    return { time: "visit_starts", subjectId: visit.id, moment: Date.parse(String(visit["starts_at"])) };
  }

  /** A conversation that waited before the first of the events. */
  function standTalk({ conversation, message }: WaitingTalk): PastTime {
    const subjectId = String(message["conversation_id"]);
    talks.set(subjectId, conversation);
    waits.set(subjectId, message);
    return { time: "conversation_waits", subjectId, moment: waitsSince(message) };
  }

  /** What was known of it, if it was still so. */
  async function still({ time, subjectId, moment }: PastTime, now: number): Promise<Json | null> {
    if (time === "visit_starts") {
      const visit = visits.get(subjectId);
      const stands = visit?.["state"] === "scheduled" || visit?.["state"] === "confirmed";
      return stands && Date.parse(String(visit["starts_at"])) === moment && now <= moment ? { visit } : null;
    }
    const message = waits.get(subjectId);
    if (message === undefined || waitsSince(message) !== moment) return null;
    // What came at that very moment comes after it, as it does among the events that are seen.
    const conversation = talks.get(subjectId) ?? await talkAt(subjectId, now - 1);
    return conversation === null || conversation["state"] === "closed" ? null : { message, conversation };
  }

  return { follow, stand, standTalk, still };
}

const waitsSince = (message: Json) => Date.parse(String(message["created_at"]));
