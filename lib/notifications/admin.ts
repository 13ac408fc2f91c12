import { audit } from "../audit/mod.ts";
import type { Ctx } from "../context.ts";
import { readersAmong, readersOfRoles } from "../identity/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { invalid } from "../kernel/errors.ts";
import { type Role, ROLE_NAMES } from "../kernel/scopes.ts";
import { targetsOf } from "./audience.ts";
import { type NotifiedDelivery, write } from "./notify.ts";
import { USER_CHANNELS } from "./policy.ts";
import type { NotifyChannel, Priority } from "./schemas.ts";
import { htmlOf } from "./template.ts";

/** Words to people of the workspace: those named, those of some roles, or everybody. */
export interface Announcement {
  readonly userIds?: readonly string[] | undefined;
  readonly roles?: readonly Role[] | undefined;
  readonly channels?: readonly NotifyChannel[] | undefined;
  readonly subject: string;
  readonly message: string;
  readonly priority?: Priority | undefined;
  readonly key?: string | undefined;
}

export interface Announced {
  readonly notification_id: string;
  readonly users: number;
  readonly deliveries: NotifiedDelivery[];
}

/** Throws 422 for a user who is no member. */
export async function announce(ctx: Ctx, announcement: Announcement): Promise<Announced> {
  requireScope(ctx, "members:write");
  const { userIds, roles, channels = USER_CHANNELS, subject, message, priority = "normal", key } =
    announcement;
  return await ctx.transact(async (tx) => {
    const readers = userIds === undefined
      ? await readersOfRoles(tx, roles ?? ROLE_NAMES)
      : await readersAmong(tx, userIds);
    const known = new Set(readers.map(({ userId }) => userId));
    for (const [at, id] of (userIds ?? []).entries()) {
      if (!known.has(id)) throw invalid(`user_ids.${at}`, "is nobody of this workspace");
    }
    const { notificationId, deliveries, repeated } = await write(tx, {
      template: null,
      category: "announcements",
      priority,
      key,
      data: {},
      targets: await targetsOf(tx, [...known].map((userId) => ({ userId })), { userChannels: channels }),
      wordsFor: () => ({ subject, text: message, html: htmlOf(message) }),
    });
    if (!repeated) {
      await audit(tx, {
        action: "notification.announce",
        subjectId: notificationId,
        detail: { users: known.size },
      });
    }
    return { notification_id: notificationId, users: known.size, deliveries: [...deliveries] };
  });
}
