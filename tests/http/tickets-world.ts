import type { Harness, Person } from "../support/harness.ts";
import { deskOf } from "../support/desk.ts";
import { openShop, type Shop } from "../unit/conversations/talk.ts";

/** A shop whose customers write in a channel, and its desk. */
export const shopDesk = async (h: Harness): Promise<[Shop, ReturnType<typeof deskOf>]> => {
  const shop = await openShop(h);
  return [shop, deskOf(h, shop)];
};

/** What comments say, in their order. */
export const textsOf = (body: { data: { text: string }[] }) => body.data.map(({ text }) => text);

export type Body = Record<string, unknown>;

/** Opens a ticket; resolves to the whole answer. */
export const open = (h: Harness, { token }: Person, body: Body = {}) =>
  h.request("POST", "/api/v1/tickets", { token, body: { subject: "El aire no enfría", ...body } });

/** Changes a ticket; resolves to the whole answer. */
export const put = (h: Harness, { token }: Person, id: string, body: Body, headers = {}) =>
  h.request("PUT", `/api/v1/tickets/${id}`, { token, body, headers });
