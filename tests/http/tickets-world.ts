import { type Harness } from "../support/harness.ts";
import { deskOf } from "../support/desk.ts";
import { openShop, type Shop } from "../unit/conversations/talk.ts";

export const shopDesk = async (h: Harness): Promise<[Shop, ReturnType<typeof deskOf>]> => {
  const shop = await openShop(h);
  return [shop, deskOf(h, shop)];
};

export const textsOf = (body: { data: { text: string }[] }) => body.data.map(({ text }) => text);
