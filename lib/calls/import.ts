import { z } from "zod";
import { audit } from "../audit/mod.ts";
import { toInstant } from "../business-time/mod.ts";
import type { Ctx, Tx } from "../context.ts";
import { loadBusiness } from "../conversations/mod.ts";
import { emit } from "../events/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { type BadLine, type CsvShape, readCsvRows } from "../kernel/csv-import.ts";
import { decodeText } from "../kernel/decode.ts";
import { cleanText, sha256Hex } from "../kernel/text.ts";
import { operatorByHandle } from "../operators/mod.ts";
import { writeCall } from "./log.ts";
import { futureIn, IN_FUTURE } from "./parties.ts";
import { type LoggedCall, newCall } from "./schemas.ts";

const MOST_ROWS = 20_000;
const ROWS_A_COMMIT = 20;
const MOST_BAD = 1000;

const COLUMNS = {
  external_id: ["id externo", "id", "call id", "uniqueid"],
  direction: ["direccion", "sentido", "tipo", "type"],
  phone: ["telefono", "numero", "number", "caller"],
  line: ["linea", "extension", "ext"],
  started_at: ["inicio", "fecha", "start", "date", "hora"],
  answered_at: ["contestada", "answered"],
  ended_at: ["fin", "end"],
  duration_s: ["duracion", "duration", "segundos", "billsec"],
  operator: ["operador", "agente", "agent"],
  outcome: ["resultado", "result"],
  notes: ["notas", "observaciones"],
  recording_url: ["grabacion", "recording"],
} as const satisfies Record<string, readonly string[]>;

/** A missed call is one that came in and lasted for nothing. */
const DIRECTIONS: Readonly<Record<string, { direction: string; duration_s?: number }>> = {
  in: { direction: "in" },
  inbound: { direction: "in" },
  incoming: { direction: "in" },
  entrante: { direction: "in" },
  out: { direction: "out" },
  outbound: { direction: "out" },
  outgoing: { direction: "out" },
  saliente: { direction: "out" },
  missed: { direction: "in", duration_s: 0 },
  perdida: { direction: "in", duration_s: 0 },
};

const line = z.object({ call: newCall, operator: z.string().max(254).nullable().default(null) });
type Line = z.output<typeof line>;

function shapeIn(zone: string): CsvShape<Line> {
  return {
    columns: COLUMNS,
    needed: ["direction", "started_at"],
    schema: line,
    toInput: ({ direction = "", duration_s, operator, ...cells }) => {
      const known = DIRECTIONS[direction.toLowerCase()] ?? { direction };
      const seconds = duration_s === undefined ? known.duration_s : secondsOf(duration_s);
      const call = {
        ...cells,
        direction: known.direction,
        ...(seconds === undefined || cells["ended_at"] !== undefined ? {} : { duration_s: seconds }),
        ...Object.fromEntries(
          ["started_at", "answered_at", "ended_at"].filter((name) => cells[name] !== undefined)
            .map((name) => [name, timeOf(cells[name] ?? "", zone)]),
        ),
      };
      return { call, operator };
    },
    maxRows: MOST_ROWS,
  };
}

/** `95`, `1:35` or `0:01:35`; anything else stays as it is, which the schema refuses. */
function secondsOf(text: string): unknown {
  if (/^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  const parts = /^(?:(\d+):)?(\d{1,2}):(\d{2})$/.exec(text);
  return parts === null ? text : Number(parts[1] ?? 0) * 3600 + Number(parts[2]) * 60 + Number(parts[3]);
}

/** A time without an offset is on the business's own wall clock. */
function timeOf(text: string, zone: string): string {
  const local = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}):(\d{2})(?::(\d{2}))?$/.exec(text);
  if (local === null) return text.replace(" ", "T");
  const [, date = "", hours, minutes, seconds = "0"] = local;
  if (Number.isNaN(Date.parse(`${date}T${hours}:${minutes}:00Z`))) return text;
  const at = toInstant(zone, { date, minutes: Number(hours) * 60 + Number(minutes) }) +
    Number(seconds) * 1000;
  // 31 February is read as 3 March by Date: such a day stays as it was written, and is refused.
  return new Date(`${date}T00:00:00Z`).toISOString().startsWith(date) ? new Date(at).toISOString() : text;
}

export interface CallImport {
  readonly created: number;
  readonly updated: number;
  readonly failed: number;
  readonly errors: BadLine[];
  readonly ignored_columns: string[];
}

/**
 * Takes calls out of a CSV file: good lines are written whole, bad ones reported. A line is known by its external id,
 * or by what it says, so the same file twice makes no call twice. Imported calls open no tickets.
 */
export async function importCalls(
  ctx: Ctx,
  { content }: { content: string | Uint8Array },
): Promise<CallImport> {
  requireScope(ctx, "calls:write");
  const text = cleanText(typeof content === "string" ? content : decodeText(content));
  const { timezone } = await loadBusiness(ctx);
  const { rows, bad, ignored } = await readCsvRows(text, shapeIn(timezone));
  const lines = await Promise.all(rows.map(async ({ line, value }) => ({
    line,
    operator: value.operator,
    call: await named(value.call),
  })));
  const errors = [...bad];
  const count = { created: 0, updated: 0 };
  for (let at = 0; at < lines.length; at += ROWS_A_COMMIT) {
    const chunk = lines.slice(at, at + ROWS_A_COMMIT);
    const outcomes = await ctx.transact(async (tx) => {
      const done: Outcome[] = [];
      for (const one of chunk) done.push(await take(tx, one));
      return done;
    });
    for (const [index, outcome] of outcomes.entries()) {
      if (typeof outcome === "string") count[outcome]++;
      else errors.push({ line: chunk[index]?.line ?? 0, ...outcome });
    }
  }
  const failed = new Set(errors.map(({ line }) => line)).size;
  await ctx.transact(async (tx) => {
    await emit(tx, { type: "calls.imported", subjectId: tx.workspaceId, data: { ...count, failed } });
    await audit(tx, { action: "calls.import", detail: { ...count, failed } });
  });
  errors.sort((one, other) => one.line - other.line);
  return { ...count, failed, errors: errors.slice(0, MOST_BAD), ignored_columns: [...ignored] };
}

/** What can't be told by the line alone. */
const NO_OPERATOR = { column: "operator", message: "is no operator's id, e-mail or phone" };

type Outcome = "created" | "updated" | Omit<BadLine, "line">;

async function take(
  tx: Tx,
  { call, operator }: { call: LoggedCall; operator: string | null },
): Promise<Outcome> {
  const worker = operator === null ? null : await operatorByHandle(tx, operator);
  if (operator !== null && worker === null) return NO_OPERATOR;
  const { started_at, answered_at, ended_at } = call;
  const column = futureIn(tx, { started_at, answered_at, ended_at });
  if (column !== null) return { column, message: IN_FUTURE };
  const { known } = await writeCall(tx, {
    call: { ...call, operator_id: worker?.id ?? null },
    source: "import",
  });
  return known ? "updated" : "created";
}

/** The call with an id: its own, or one of what it says. */
async function named(call: LoggedCall): Promise<LoggedCall> {
  if (call.external_id !== null) return call;
  const { direction, phone, line, started_at } = call;
  const digest = await sha256Hex(JSON.stringify([direction, phone, line, started_at]));
  return { ...call, external_id: `line-${digest.slice(0, 32)}` };
}
