import type { Ctx, Tx } from "../context.ts";
import { emit } from "../events/mod.ts";
import { systemActor } from "../kernel/actors.ts";
import { SECOND } from "../kernel/clock.ts";
import { AppError } from "../kernel/errors.ts";
import { newId } from "../kernel/ids.ts";
import { normalPhone } from "../kernel/phone.ts";
import { cleanText, fromHex } from "../kernel/text.ts";
import { operatorByHandle } from "../operators/mod.ts";
import { noteAnswered } from "./call-back.ts";
import { awaitMissed } from "./missed.ts";
import { partiesOf, requireHappened } from "./parties.ts";
import { HOOK_MAX_BYTES, REPLAY_WINDOW_MS, stateOf, UNSIGNED } from "./policy.ts";
import { callView } from "./present.ts";
import { type CallEvent, callEvent } from "./schemas.ts";
import {
  type CallRow,
  type CallSettingsRow,
  insertCall,
  selectCallByExternalId,
  selectCallSettingsByKey,
  updateCall,
} from "./store.ts";

export interface CallHook {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Which workspace it is of. */
  readonly key: string | null;
  /** Unix seconds. */
  readonly timestamp: string | null;
  /** `sha256=` and the HMAC-SHA256 in hex over the timestamp, a dot and the body's bytes. */
  readonly signature: string | null;
}

/**
 * Takes what a telephony system tells of a call. Throws 401 for a body that the workspace's secret did not sign, or
 * that is older than the replay window. Events come doubled and in any order: the call ends up the same.
 */
export async function takeCallEvent(ctx: Ctx, hook: CallHook): Promise<void> {
  if (hook.bytes.byteLength > HOOK_MAX_BYTES) {
    throw new AppError("payload_too_large", `An event has at most ${HOOK_MAX_BYTES} bytes`);
  }
  const settings = hook.key === null ? null : await selectCallSettingsByKey(ctx, hook.key);
  const problem = settings === null
    ? "X-Cauce-Key is no key of a workspace"
    : await problemOf(ctx, { hook, settings });
  if (settings === null || problem !== null) throw await refusal(ctx, problem ?? "");
  const event = callEvent.parse(read(hook.bytes));
  const inside = ctx.as({ actor: systemActor("calls"), workspaceId: settings.workspaceId });
  await inside.transact((tx) => apply(tx, { event, country: settings.country }));
}

/** The first thing that is wrong with a signature; null: it is one. WebCrypto compares in constant time. */
async function problemOf(
  ctx: Ctx,
  { hook: { bytes, key, timestamp, signature }, settings }: { hook: CallHook; settings: CallSettingsRow },
): Promise<string | null> {
  const digest = /^sha256=([0-9a-f]{64})$/i.exec(signature ?? "")?.[1];
  if (digest === undefined) return "The body has no X-Cauce-Signature such as sha256=…";
  const seconds = /^\d{1,12}$/.test(timestamp ?? "") ? Number(timestamp) : NaN;
  if (!(Math.abs(ctx.now() - seconds * SECOND) <= REPLAY_WINDOW_MS)) {
    return "X-Cauce-Timestamp is not the present time in Unix seconds";
  }
  const secret = await ctx.ports.secrets.open(settings.hookSecret ?? "", `calls:${key}`);
  const encoder = new TextEncoder();
  const hmac = { name: "HMAC", hash: "SHA-256" };
  const secretKey = await crypto.subtle.importKey("raw", encoder.encode(secret), hmac, false, ["verify"]);
  const head = encoder.encode(`${timestamp}.`);
  const signed = new Uint8Array(head.byteLength + bytes.byteLength);
  signed.set(head);
  signed.set(bytes, head.byteLength);
  const ok = await crypto.subtle.verify("HMAC", secretKey, fromHex(digest), signed);
  return ok ? null : "X-Cauce-Signature is not a signature of this body by the workspace's secret";
}

async function refusal(ctx: Ctx, detail: string): Promise<AppError> {
  const { allowed, retryAfterMs } = await ctx.ports.limiter.take(UNSIGNED, ctx.address ?? "unknown");
  if (allowed) return new AppError("bad_signature", detail);
  return new AppError("rate_limited", "Too many bodies with a wrong signature", { retryAfterMs });
}

function read(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(cleanText(new TextDecoder("utf-8", { fatal: true }).decode(bytes)));
  } catch (cause) {
    throw new AppError("bad_request", "The body is not JSON in UTF-8", { cause });
  }
}

async function apply(
  tx: Tx,
  { event, country }: { event: CallEvent; country: string | null },
): Promise<void> {
  requireHappened(tx, { at: event.at });
  const before = await selectCallByExternalId(tx, event.call_id);
  const standing = before ?? await fresh(tx, { event, country });
  const heard = { ...standing, ...await told(tx, { standing, event }) };
  heard.state = stateOf(heard);
  if (before === null) await insertCall(tx, heard);
  else if (JSON.stringify(heard) === JSON.stringify(before)) return;
  else await updateCall(tx, heard.id, { ...heard, updatedAt: tx.now() });
  const row = await noteAnswered(tx, heard);
  const type = before === null ? "call.logged" : "call.changed";
  await emit(tx, { type, subjectId: row.id, data: { call: callView(row) } });
  await awaitMissed(tx, row);
}

async function fresh(
  tx: Tx,
  { event, country }: { event: CallEvent; country: string | null },
): Promise<CallRow> {
  const { direction, from, to } = event;
  const [theirs, ours] = direction === "in" ? [from, to] : [to, from];
  const now = tx.now();
  return {
    id: newId("call"),
    workspaceId: tx.workspaceId,
    externalId: event.call_id,
    direction,
    state: "ringing",
    source: "webhook",
    ...await partiesOf(tx, { phone: theirs, country }),
    line: ours === null ? null : normalPhone(ours) ?? ours,
    operatorId: null,
    ticketId: null,
    startedAt: Date.parse(event.at),
    answeredAt: null,
    endedAt: null,
    outcome: null,
    notes: null,
    recordingUrl: null,
    missedToldAt: null,
    missedTicketId: null,
    createdAt: now,
    updatedAt: now,
  };
}

/** What an event adds. The earliest of each time stands, so that no order and no repetition matters. */
async function told(
  tx: Tx,
  { standing, event }: { standing: CallRow; event: CallEvent },
): Promise<Partial<CallRow>> {
  const at = Date.parse(event.at);
  const { duration_s, operator, outcome, recording_url } = event;
  const talked = event.event === "ended" && duration_s !== undefined && duration_s > 0;
  const answeredAt = event.event === "answered" ? at : talked ? at - duration_s * SECOND : null;
  const endedAt = event.event === "ended" ? at : null;
  const known = operator === null ? null : await operatorByHandle(tx, operator);
  return {
    startedAt: Math.min(standing.startedAt, answeredAt ?? at, at),
    answeredAt: earlier(standing.answeredAt, answeredAt),
    endedAt: earlier(standing.endedAt, endedAt),
    operatorId: known?.id ?? standing.operatorId,
    outcome: outcome ?? standing.outcome,
    recordingUrl: recording_url ?? standing.recordingUrl,
  };
}

function earlier(one: number | null, other: number | null): number | null {
  return one === null ? other : other === null ? one : Math.min(one, other);
}
