import { type Calendar, nextOpening, WEEKDAYS } from "../business-time/mod.ts";
import { oncePerTransaction, type Tx } from "../context.ts";
import { enqueue } from "../jobs/mod.ts";
import { newId } from "../kernel/ids.ts";
import { CARRIED_CHANNELS, type CarriedChannel } from "../ports/notify.ts";
import type { Target } from "./audience.ts";
import { closeDigest } from "./jobs.ts";
import type { DeliveryState, NotifyChannel, Priority } from "./schemas.ts";
import {
  countMark,
  openDigest,
  type PreferenceRow,
  type QuietRow,
  selectPreferences,
  selectQuiet,
} from "./store-peace.ts";
import type { Template } from "./template.ts";

/** What is to become of a delivery, decided once, in the transaction that writes it. */
export interface Decision {
  readonly state: DeliveryState;
  readonly reason: string | null;
  /** Not before; null: now. */
  readonly runAt: number | null;
  /** Told together with others: no job of its own. */
  readonly digestId: string | null;
}

export function isCarried(channel: NotifyChannel): channel is CarriedChannel {
  return (CARRIED_CHANNELS as readonly NotifyChannel[]).includes(channel);
}

/** Whether the channel has what it needs; else what is sent over it is skipped. */
export function isConfigured(tx: Pick<Tx, "ports">, channel: NotifyChannel): boolean {
  return !isCarried(channel) || tx.ports.notify[channel].length > 0;
}

/** What a decision goes by. */
export interface Question {
  readonly target: Target;
  readonly category: string;
  readonly priority: Priority;
  readonly template: Pick<Template, "name" | "throttle" | "digest"> | null;
  /** What would go out then or later says nothing any more (UTC milliseconds). */
  readonly until?: number | undefined;
}

const decision = (state: DeliveryState, more: Partial<Decision> = {}): Decision => ({
  state,
  reason: null,
  runAt: null,
  digestId: null,
  ...more,
});

const preferencesOf = oncePerTransaction(selectPreferences);
const quietOf = oncePerTransaction(selectQuiet);

/** Why it is not sent, or when. What is critical goes out at once, whatever its reader asked for. */
export async function decide(tx: Tx, question: Question): Promise<Decision> {
  const { target: { channel, problem, userId, contactId }, category, priority, template, until } = question;
  if (problem !== null) return decision("skipped", { reason: problem });
  if (!isConfigured(tx, channel)) return decision("skipped", { reason: "not_configured" });
  const now = decision(channel === "in_app" ? "delivered" : "pending");
  if (priority === "critical") return now;
  const ownerId = userId ?? contactId;
  if (ownerId !== null && isMuted(await preferencesOf(tx, ownerId), { category, channel })) {
    return decision("skipped", { reason: "muted" });
  }
  if (template?.throttle !== undefined && await isThrottled(tx, question, template.throttle)) {
    return decision("skipped", { reason: "throttled" });
  }
  if (channel === "in_app") return now;
  const quiet = ownerId === null ? null : await quietOf(tx, ownerId);
  const opens = quiet === null ? tx.now() : nextOpening(calendarOf(quiet), tx.now()) ?? tx.now();
  if (until !== undefined && opens >= until) return decision("skipped", { reason: "too_late" });
  if (template?.digest !== undefined) return await digest(tx, { question, digest: template.digest, opens });
  return opens > tx.now() ? decision("pending", { reason: "quiet_hours", runAt: opens }) : now;
}

/** The rule that says most counts: category and channel, then category, then channel, then all. */
export function isMuted(
  rows: readonly Pick<PreferenceRow, "category" | "channel" | "enabled">[],
  { category, channel }: { category: string; channel: NotifyChannel },
): boolean {
  const rule = ([[category, channel], [category, "*"], ["*", channel], ["*", "*"]] as const)
    .map(([one, other]) => rows.find((row) => row.category === one && row.channel === other))
    .find((row) => row !== undefined);
  return rule?.enabled === false;
}

function markOf({ target: { channel, recipient }, template }: Question): string {
  return `${template?.name ?? ""} ${channel} ${recipient}`;
}

async function isThrottled(
  tx: Tx,
  question: Question,
  { limit, windowMs }: NonNullable<Template["throttle"]>,
): Promise<boolean> {
  return await countMark(tx, { mark: markOf(question), windowMs }) > limit;
}

interface Digest {
  readonly question: Question;
  readonly digest: NonNullable<Template["digest"]>;
  readonly opens: number;
}

async function digest(tx: Tx, { question, digest: { windowMs }, opens }: Digest): Promise<Decision> {
  const { id: digestId, closesAt, fresh } = await openDigest(tx, {
    id: newId("digest"),
    mark: markOf(question),
    closesAt: Math.max(tx.now() + windowMs, opens),
  });
  if (fresh) await enqueue(tx, closeDigest, { digestId }, { runAt: closesAt });
  return decision("pending", { reason: "digest", runAt: closesAt, digestId });
}

const ALL_DAY = [{ from: "00:00", to: "24:00" }] as const;

/** The hours in which somebody may be told. A shift whose end is not after its begin ends on the next day. */
export function calendarOf(
  { timezone, from, to, days }: Omit<QuietRow, "workspaceId" | "ownerId">,
): Calendar {
  const shift = from === null || to === null || from === to ? ALL_DAY : [{ from: to, to: from }];
  const hours = Object.fromEntries(WEEKDAYS.map((day) => [day, days.includes(day) ? [] : shift]));
  return { timezone, hours, holidays: [] };
}
