import type { Ctx } from "../context.ts";
import { SECOND } from "../kernel/clock.ts";
import { AppError } from "../kernel/errors.ts";
import { keyOf, userOf } from "./authenticate.ts";
import { type Subject, verifiedOf } from "./verified.ts";

/** How often it is looked whether another process has ended what the caller came with. */
const LOOK_MS = 5 * SECOND;

/**
 * Calls `lost` when the caller of a long stream may have lost the right to it: at once when this process ends or
 * changes its user, session or key, within seconds when another one did. Returns the end of the watch.
 */
export function watchStanding(
  ctx: Ctx,
  lost: () => void,
  { lookMs = LOOK_MS }: { readonly lookMs?: number } = {},
): () => void {
  if (ctx.actor.kind !== "user" && ctx.actor.kind !== "api_key") return () => {};
  const verified = verifiedOf(ctx.ports);
  const off = verified.onForget((subject) => {
    if (concerns(ctx, subject)) lost();
  });
  let mark = verified.foreignMark;
  const timer = setInterval(() => {
    if (verified.foreignMark === mark) return;
    mark = verified.foreignMark;
    stands(ctx).then((still) => still || lost(), () => {});
  }, lookMs);
  return () => {
    off();
    clearInterval(timer);
  };
}

function concerns({ actor }: Ctx, subject: Subject): boolean {
  if (actor.kind === "user") return "userId" in subject && subject.userId === actor.id;
  if (actor.kind !== "api_key") return false;
  return "userId" in subject ? subject.userId === actor.ownerId : subject.keyId === actor.id;
}

/** Whether the caller would be let in as the same again. Throws what says nothing of that, such as a lost database. */
async function stands(ctx: Ctx): Promise<boolean> {
  const { actor } = ctx;
  try {
    if (actor.kind === "api_key") {
      await keyOf(ctx, actor.id);
      return true;
    }
    if (actor.kind !== "user" || actor.sessionId === null) return true;
    const workspaceId = ctx.workspaceIdOrNull;
    const who = await userOf(ctx, { sessionId: actor.sessionId, epoch: null, workspaceId });
    const same = who.actor.kind === "user" && who.actor.role === actor.role;
    return same && who.workspaceId === workspaceId;
  } catch (thrown) {
    if (thrown instanceof AppError && REFUSED.has(thrown.code)) return false;
    throw thrown;
  }
}

const REFUSED: ReadonlySet<string> = new Set(["unauthorized", "token_expired"]);
