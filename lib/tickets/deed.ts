import { newId } from "../kernel/ids.ts";

type News = () => Promise<void>;

/**
 * Several changes that somebody makes at once: a macro, a bulk change, a rule. Their events name the deed, so that each
 * person hears of it once; who gets the ticket hears that first.
 */
export interface Deed {
  readonly id: string;
  /** The id of the comment among them, which is what people hear of. */
  readonly commentId: string | null;
  readonly assigned: News[];
  readonly others: News[];
}

export function openDeed(actions: readonly { readonly type: string }[]): Deed {
  const id = newId("ticketComment");
  const says = actions.some(({ type }) => type === "comment");
  return { id, commentId: says ? id : null, assigned: [], others: [] };
}

/** Writes the events of a deed when all of it is done. */
export async function tellDeed({ assigned, others }: Deed): Promise<void> {
  for (const news of [...assigned, ...others]) await news();
}
