import type { Ctx } from "../context.ts";
import { notFound } from "../kernel/errors.ts";
import { selectTalk, type Talk } from "./store.ts";

/** The conversation with its contact; 404 also for another workspace's. */
export async function loadTalk(at: Ctx, id: string): Promise<Talk> {
  const talk = await selectTalk(at, id);
  if (talk === null) throw notFound("conversation", id);
  return talk;
}
