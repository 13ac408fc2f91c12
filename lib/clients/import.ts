import { audit } from "../audit/mod.ts";
import type { Ctx, Tx } from "../context.ts";
import { emit } from "../events/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { type BadLine, type CsvShape, readCsvRows } from "../kernel/csv-import.ts";
import { decodeText } from "../kernel/decode.ts";
import { cleanText } from "../kernel/text.ts";
import { findPolicy } from "../sla/mod.ts";
import { clientView } from "./present.ts";
import { writeChange, writeNew } from "./clients.ts";
import { type ClientFields, ENDS_EARLY, isInOrder, newClient } from "./schemas.ts";
import { type ClientRow, selectClientByExternalId } from "./store.ts";

const MOST_ROWS = 20_000;
/** Each line is whole; so many are one commit, so that others get their turn between. */
const ROWS_A_COMMIT = 20;
const MOST_BAD = 1000;

/** The columns of an import and an export, in this order, and what else they are called. */
export const COLUMNS = {
  external_id: ["id externo", "id", "external id", "codigo", "clave"],
  name: ["nombre", "razon social", "cliente", "client", "company", "empresa"],
  kind: ["tipo", "type"],
  tax_id: ["rfc", "nif", "cif", "rut", "cuit", "tax id", "vat", "identificacion fiscal"],
  email: ["correo", "e-mail", "mail", "correo electronico"],
  phone: ["telefono", "tel", "movil", "celular"],
  language: ["idioma", "lengua"],
  timezone: ["zona horaria", "time zone", "zona"],
  notes: ["notas", "observaciones", "comentarios"],
  labels: ["etiquetas", "tags"],
  contract_starts: ["inicio de contrato", "contrato inicio", "contract start"],
  contract_ends: ["fin de contrato", "contrato fin", "contract end"],
  contract_plan: ["plan", "contrato"],
  sla_policy_id: ["sla"],
  custom: ["datos propios"],
} as const satisfies Record<string, readonly string[]>;

const KINDS: Readonly<Record<string, string>> = { empresa: "company", persona: "person" };

const SHAPE: CsvShape<ClientFields> = {
  columns: COLUMNS,
  needed: ["external_id", "name"],
  other: (header) => /^custom\./i.test(header) ? `custom.${header.slice(7)}` : null,
  schema: newClient.refine(({ external_id }) => external_id !== null, {
    message: "is needed, so that a second import changes the client and makes no other",
    path: ["external_id"],
  }),
  toInput: (cells) => {
    const { kind, labels, contract_starts, contract_ends, contract_plan, custom: whole, ...plain } = cells;
    const custom = Object.entries(cells).filter(([field]) => field.startsWith("custom."))
      .map(([field, value]) => [field.slice(7), value]);
    return {
      ...plain,
      ...(kind === undefined ? {} : { kind: KINDS[kind.toLowerCase()] ?? kind.toLowerCase() }),
      labels: labels?.split(/[;|]/).map((one) => one.trim()).filter(Boolean),
      contract: { starts: contract_starts, ends: contract_ends, plan: contract_plan },
      custom: custom.length > 0
        ? Object.fromEntries(custom)
        : whole === undefined
        ? undefined
        : fromJson(whole),
      name: plain["name"] ?? "",
    };
  },
  maxRows: MOST_ROWS,
};

/** What an export wrote; anything else stays text, which the schema refuses. */
function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

export interface ClientImport {
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  /** How many lines were not taken. */
  readonly failed: number;
  /** What is wrong with them, at most 1,000 findings. */
  readonly errors: BadLine[];
  readonly ignored_columns: string[];
}

/**
 * Takes clients out of a CSV file. Every good line is written whole, every bad one is reported; a client is known by
 * its external id, so the same file twice changes nothing. Empty cells leave what stands.
 */
export async function importClients(
  ctx: Ctx,
  { content }: { content: string | Uint8Array },
): Promise<ClientImport> {
  requireScope(ctx, "clients:write");
  const text = cleanText(typeof content === "string" ? content : decodeText(content));
  const { rows, bad, ignored } = await readCsvRows(text, SHAPE);
  const count = { created: 0, updated: 0, unchanged: 0 };
  const errors = [...bad];
  for (let at = 0; at < rows.length; at += ROWS_A_COMMIT) {
    const chunk = rows.slice(at, at + ROWS_A_COMMIT);
    const outcomes = await ctx.transact(async (tx) => {
      const done: Outcome[] = [];
      for (const { value } of chunk) done.push(await take(tx, value));
      return done;
    });
    for (const [index, outcome] of outcomes.entries()) {
      if (typeof outcome === "string") count[outcome]++;
      else errors.push({ line: chunk[index]?.line ?? 0, ...outcome });
    }
  }
  const failed = new Set(errors.map(({ line }) => line)).size;
  await ctx.transact(async (tx) => {
    await emit(tx, { type: "clients.imported", subjectId: tx.workspaceId, data: { ...count, failed } });
    await audit(tx, { action: "clients.import", detail: { ...count, failed } });
  });
  errors.sort((one, other) => one.line - other.line);
  return { ...count, failed, errors: errors.slice(0, MOST_BAD), ignored_columns: [...ignored] };
}

/** What can't be told by the line alone. */
const NO_POLICY = { column: "sla_policy_id", message: "is no SLA policy here" };
const NO_ORDER = { column: "contract_ends", message: ENDS_EARLY.message };

type Outcome = "created" | "updated" | "unchanged" | Omit<BadLine, "line">;

async function take(tx: Tx, fields: ClientFields): Promise<Outcome> {
  if (fields.sla_policy_id !== null && await findPolicy(tx, fields.sla_policy_id) === undefined) {
    return NO_POLICY;
  }
  const before = await selectClientByExternalId(tx, fields.external_id ?? "");
  if (before === null) {
    await writeNew(tx, fields);
    return "created";
  }
  const change = filled(fields, before);
  if (!isInOrder(change.contract)) return NO_ORDER;
  if (isSame(before, change)) return "unchanged";
  await writeChange(tx, { before, change });
  return "updated";
}

/** What the line says; of what it leaves empty, what stands. */
function filled(fields: ClientFields, before: ClientRow): ClientFields {
  const standing = clientView(before);
  const { starts, ends, plan } = fields.contract;
  return {
    ...fields,
    tax_id: fields.tax_id ?? standing.tax_id,
    email: fields.email ?? standing.email,
    phone: fields.phone ?? standing.phone,
    language: fields.language ?? standing.language,
    timezone: fields.timezone ?? standing.timezone,
    notes: fields.notes ?? standing.notes,
    sla_policy_id: fields.sla_policy_id ?? standing.sla_policy_id,
    labels: fields.labels.length === 0 ? standing.labels : fields.labels,
    custom: { ...standing.custom, ...fields.custom },
    contract: {
      starts: starts ?? standing.contract.starts,
      ends: ends ?? standing.contract.ends,
      plan: plan ?? standing.contract.plan,
    },
  };
}

function isSame(before: ClientRow, change: ClientFields): boolean {
  const standing: Record<string, unknown> = { ...clientView(before) };
  return Object.entries(change).every(([key, value]) =>
    JSON.stringify(standing[key]) === JSON.stringify(value)
  );
}
