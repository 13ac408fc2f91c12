import type { Ctx } from "../context.ts";
import { requireScope } from "../kernel/actors.ts";
import { DAY, iso, isoOrNull } from "../kernel/clock.ts";
import { AppError, messageOf, notFound } from "../kernel/errors.ts";
import { decodeCursor, type Page, type PageRequest, timeKey, toPage } from "../kernel/page.ts";
import {
  type ActivityRow,
  countActivities,
  countSessions,
  selectActivities,
  selectExamples,
  selectLatest,
  selectSessionById,
  selectSessions,
  type SessionRow,
} from "./store.ts";
import { classifierOf } from "./understand.ts";

export interface SessionView {
  readonly id: string;
  readonly session_id: string;
  readonly user: string | null;
  readonly locale: string | null;
  readonly turns: number;
  readonly waits_for: string | null;
  readonly created_at: string;
  readonly last_at: string;
}

function sessionView(
  { id, externalId, user, locale, version, pending, createdAt, lastAt }: SessionRow,
): SessionView {
  const slot = pending?.["slot"];
  return {
    id,
    session_id: externalId,
    user,
    locale,
    turns: version,
    waits_for: typeof slot === "string" ? slot : null,
    created_at: iso(createdAt),
    last_at: iso(lastAt),
  };
}

/** Talks with Watson, the latest first. */
export async function listSessions(ctx: Ctx, { limit, cursor }: PageRequest): Promise<Page<SessionView>> {
  requireScope(ctx, "watson:read");
  const keys = cursor === undefined ? null : decodeCursor(cursor, 2);
  const before = keys === null ? null : { lastAt: timeKey(keys[0]), id: String(keys[1]) };
  const rows = await selectSessions(ctx, { before, limit: limit + 1 });
  return toPage(rows, { limit, keysOf: (row) => [row.lastAt, row.id], toDto: sessionView });
}

export interface ActivityView {
  readonly id: string;
  /** Our id of the session. */
  readonly session: string;
  readonly text: string;
  readonly intent: string;
  readonly confidence: number;
  readonly source: string;
  readonly action: string | null;
  readonly outcome: string;
  readonly reply: string;
  readonly result: Record<string, unknown> | null;
  readonly created_at: string;
}

function activityView(row: ActivityRow): ActivityView {
  const { id, text, intent, confidence, source, action, outcome, reply, result, createdAt } = row;
  const session = row.sessionId;
  return {
    id,
    session,
    text,
    intent,
    confidence,
    source,
    action,
    outcome,
    reply,
    result,
    created_at: iso(createdAt),
  };
}

/** Turns of all talks, the latest first. */
export async function latestActivities(
  ctx: Ctx,
  { limit, cursor }: PageRequest,
): Promise<Page<ActivityView>> {
  requireScope(ctx, "watson:read");
  const keys = cursor === undefined ? null : decodeCursor(cursor, 2);
  const before = keys === null ? null : { at: timeKey(keys[0]), id: String(keys[1]) };
  const rows = await selectLatest(ctx, { before, limit: limit + 1 });
  return toPage(rows, { limit, keysOf: (row) => [row.createdAt, row.id], toDto: activityView });
}

/** The turns of a talk in order. Throws 404. */
export async function listActivities(
  ctx: Ctx,
  { id, limit, cursor }: PageRequest & { id: string },
): Promise<Page<ActivityView>> {
  requireScope(ctx, "watson:read");
  if (await selectSessionById(ctx, id) === null) throw notFound("session", id);
  const after = cursor === undefined ? null : String(decodeCursor(cursor, 1)[0]);
  const rows = await selectActivities(ctx, { sessionId: id, after, limit: limit + 1 });
  return toPage(rows, { limit, keysOf: (row) => [row.id], toDto: activityView });
}

export interface WatsonStatus {
  readonly configured: { readonly api_key: boolean; readonly signed_jwt: boolean };
  readonly webhook_url: string | null;
  readonly sessions: number;
  readonly last_at: string | null;
  /** Turns of the last 24 hours. */
  readonly last_day: {
    readonly turns: number;
    readonly by_outcome: Record<string, number>;
    readonly by_action: Record<string, number>;
  };
  readonly classifier: { readonly examples: number; readonly own: number; readonly language_model: boolean };
}

export async function watsonStatus(ctx: Ctx): Promise<WatsonStatus> {
  requireScope(ctx, "watson:read");
  const { apiKey, jwtSecret } = ctx.config.watson;
  const sessions = await countSessions(ctx);
  const rows = await countActivities(ctx, ctx.now() - DAY);
  const [by_outcome, by_action]: [Record<string, number>, Record<string, number>] = [{}, {}];
  for (const { action, outcome, count } of rows) {
    by_outcome[outcome] = (by_outcome[outcome] ?? 0) + count;
    if (action !== null) by_action[action] = (by_action[action] ?? 0) + count;
  }
  return {
    configured: { api_key: apiKey !== null, signed_jwt: jwtSecret !== null },
    webhook_url: webhookUrl(ctx),
    sessions: sessions.count,
    last_at: isoOrNull(sessions.lastAt),
    last_day: { turns: rows.reduce((sum, { count }) => sum + count, 0), by_outcome, by_action },
    classifier: {
      examples: (await classifierOf(ctx)).examples,
      own: (await selectExamples(ctx)).length,
      language_model: ctx.ports.llm.length > 0,
    },
  };
}

function webhookUrl(ctx: Ctx): string | null {
  const { publicUrl } = ctx.config.server;
  return publicUrl === null ? null : new URL("/api/v1/watson/webhook", publicUrl).href;
}

export interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

/** Tries each link of the chain that a call of Watson needs; changes nothing. */
export async function testConnection(ctx: Ctx): Promise<{ ok: boolean; checks: Check[] }> {
  requireScope(ctx, "watson:read");
  const checks: Check[] = [
    credentials(ctx),
    address(ctx),
    await attempt("database", async () => `answered in ${Math.round(await ctx.ports.database.ping())} ms`),
    await attempt("classifier", async () => {
      const { intent, confidence } = (await classifierOf(ctx)).guess(
        "abre un ticket, la impresora no funciona",
      );
      if (intent !== "create_ticket") throw new AppError("internal", `took a broken printer for ${intent}`);
      return `understood create_ticket with ${confidence}`;
    }),
  ];
  return { ok: checks.every(({ ok }) => ok), checks };
}

function credentials(ctx: Ctx): Check {
  const { apiKey, jwtSecret } = ctx.config.watson;
  const ways = [apiKey === null ? [] : ["WATSON_API_KEY"], jwtSecret === null ? [] : ["WATSON_JWT_SECRET"]]
    .flat();
  return ways.length > 0 ? { name: "credentials", ok: true, detail: `${ways.join(" and ")} set` } : {
    name: "credentials",
    ok: false,
    detail: "Set WATSON_API_KEY or WATSON_JWT_SECRET, or give Watson an API key with watson:use",
  };
}

function address(ctx: Ctx): Check {
  const url = webhookUrl(ctx);
  if (url === null) {
    return { name: "address", ok: false, detail: "Set PUBLIC_URL: Watson calls from outside" };
  }
  const ok = url.startsWith("https://");
  return { name: "address", ok, detail: ok ? url : `${url} must be https: Watson calls nothing else` };
}

async function attempt(name: string, work: () => Promise<string>): Promise<Check> {
  try {
    return { name, ok: true, detail: await work() };
  } catch (thrown) {
    return { name, ok: false, detail: messageOf(thrown) };
  }
}
