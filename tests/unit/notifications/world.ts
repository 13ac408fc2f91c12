import { z } from "zod";
import type { Ctx } from "../../../lib/context.ts";
import { defineTemplate, getDelivery, listDeliveries } from "../../../lib/notifications/mod.ts";
import { notificationHandlers } from "../../../workers/handlers/notifications.ts";
import { type Harness, harness, type HarnessOptions, type Person } from "../../support/harness.ts";
import { work } from "../conversations/talk.ts";

export const assigned = defineTemplate({
  name: "ticket.assigned",
  category: "tickets",
  schema: z.object({ number: z.int(), title: z.string(), link: z.string() }),
  texts: {
    es: { subject: "Ticket {{number}} asignado", text: "Le asignaron «{{title}}».\n\n{{link}}" },
    en: { subject: "Ticket {{number}} assigned", text: 'You were assigned "{{title}}".\n\n{{link}}' },
  },
  example: { number: 7, title: "No enciende", link: "https://example.com/t/7" },
});

/** A workspace and the system that acts in it. */
export interface Desk extends Person {
  readonly h: Harness;
  readonly inside: Ctx;
  /** Works off everything that is due. */
  settle(): ReturnType<typeof work>;
  /** The delivery with its tries. */
  delivery(id: string): ReturnType<typeof getDelivery>;
  history(): Promise<Awaited<ReturnType<typeof listDeliveries>>["data"]>;
  [Symbol.asyncDispose](): Promise<void>;
}

export async function openDesk(options: HarnessOptions = {}): Promise<Desk> {
  const h = await harness(options);
  const person = await h.person();
  const inside = h.system.as({ workspaceId: person.workspaceId });
  return {
    ...person,
    h,
    inside,
    settle: () => work(h, notificationHandlers),
    delivery: (id) => getDelivery(inside, id),
    history: async () => (await listDeliveries(inside, { limit: 200 })).data,
    [Symbol.asyncDispose]: () => h[Symbol.asyncDispose](),
  };
}
