import { audit } from "../audit/mod.ts";
import type { Ctx } from "../context.ts";
import { requireScope } from "../kernel/actors.ts";
import { csvLine } from "../kernel/csv.ts";
import { COLUMNS } from "./import.ts";
import { clientView } from "./present.ts";
import { type ClientRow, selectClients } from "./store.ts";

const ROWS_A_READ = 500;

/** All clients as CSV, as `importClients` takes it, a piece at a time. Written to the audit log first. */
export async function exportClients(ctx: Ctx): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
  requireScope(ctx, "clients:read");
  await ctx.transact((tx) => audit(tx, { action: "clients.export" }));
  const encoder = new TextEncoder();
  let before: string | null = null;
  let begun = false;
  return new ReadableStream({
    async pull(controller) {
      if (!begun) controller.enqueue(encoder.encode(csvLine(Object.keys(COLUMNS))));
      begun = true;
      const rows: ClientRow[] = await selectClients(ctx, { before, limit: ROWS_A_READ });
      before = rows.at(-1)?.id ?? null;
      if (rows.length > 0) controller.enqueue(encoder.encode(rows.map(lineOf).join("")));
      if (rows.length < ROWS_A_READ) controller.close();
    },
  });
}

function lineOf(row: ClientRow): string {
  const { contract, ...client } = clientView(row);
  const cells: Record<keyof typeof COLUMNS, string | null> = {
    ...client,
    labels: client.labels.join("; "),
    contract_starts: contract.starts,
    contract_ends: contract.ends,
    contract_plan: contract.plan,
    custom: Object.keys(client.custom).length === 0 ? null : JSON.stringify(client.custom),
  };
  return csvLine(Object.keys(COLUMNS).map((name) => valueOf(cells, name)));
}

const valueOf = (cells: Record<string, string | null>, name: string) => cells[name] ?? null;
