import type { Answer, Harness, Person } from "../support/harness.ts";

/** Limits out of the way. */
export const ROOM = { RATE_LIMIT_ADDRESS: "1000000", RATE_LIMIT_ACTOR: "1000000" };

/** A customer's message over the API channel, under its sender's own id where one is given. */
export async function send(h: Harness, person: Person, text: string, id?: string): Promise<Answer> {
  return await h.request("POST", "/api/conversations", {
    token: person.token,
    body: {
      contact: { external_id: "ana", name: "Ana" },
      text,
      ...(id === undefined ? {} : { external_message_id: id }),
    },
  });
}
