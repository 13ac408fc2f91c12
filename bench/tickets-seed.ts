import type { Client } from "@libsql/client";
import { createFileDatabase } from "../lib/adapters/db/file.ts";

const YEAR_MS = 365 * 24 * 60 * 60 * 1000;
/** The newest ticket's time; the others lie in the two years before. */
const NOW = Date.UTC(2026, 0, 1);

const FIELDS = [
  { key: "modelo", label: "Modelo", type: "text", required: false, options: [] },
  { key: "garantia", label: "Garantía", type: "boolean", required: false, options: [] },
];

/**
 * Fills the one workspace of a database with tickets of two years, as a desk has them: nine of ten closed, some with
 * nobody, labels and words of every frequency. Written as SQL, because a million verbs would take an hour.
 */
export async function fillTickets(client: Pick<Client, "execute">, size: number): Promise<void> {
  const run = async (sql: string, args: (string | number)[] = []) => void await client.execute({ sql, args });
  const { rows } = await client.execute("select id from workspaces limit 1");
  const workspace = String(rows[0]?.["id"]);
  const step = Math.floor(2 * YEAR_MS / size);
  const TURN = 50_000;
  for (let from = 1; from <= size; from += TURN) {
    const to = Math.min(size, from + TURN - 1);
    // A scrambled number for each, so that no column follows another.
    const numbers = `with recursive n(i) as (select ${from} union all select i + 1 from n where i < ${to}),
      r(i, x) as (select i, (i * 2654435761) % 4294967296 from n)`;
    await run(
      `${numbers}
      insert into tickets (seq, id, workspace_id, number, subject, description, state, priority, source,
        category_id, team_id, assignee_id, client_id, labels, fields, version, due_at, reopens, sentiment, mood,
        created_by, created_at, updated_at)
      select i, printf('tkt_%026d', i), ?1, i, 'El equipo ' || i || ' falla', 'Hace ruido y marca E' || (x % 9),
        case when x % 100 < 88 then 'closed' when x % 100 < 92 then 'resolved' when x % 100 < 94 then 'open'
          when x % 100 < 96 then 'pending_customer' when x % 100 < 97 then 'pending_internal'
          when x % 100 < 98 then 'scheduled' else 'new' end,
        case x / 128 % 10 when 0 then 'urgent' when 1 then 'high' when 2 then 'low' else 'normal' end, 'api',
        'tca_' || (x / 64 % 12), 'tea_' || (x / 32 % 8),
        case when x % 100 >= 98 and x / 16 % 2 then null else 'opr_' || (x / 8 % 40) end,
        'cli_' || (x / 4 % 5000), '["l' || (x / 2 % 50) || '"]',
        '{"modelo":"m' || (x / 32 % 200) || '","garantia":' || case x / 4 % 2 when 0 then 'true' else 'false' end || '}', 1,
        case when x % 100 between 92 and 99 and x / 512 % 20 = 0 then ?2 - 1000 end, 0,
        case x / 2048 % 10 when 0 then -0.7 when 1 then 0.6 when 2 then 0 end,
        case x / 2048 % 10 when 0 then 'negative' when 1 then 'positive' when 2 then 'neutral' end, 'usr_1',
        ?2 - (${size} - i) * ${step}, ?2 - (${size} - i) * ${step} + x % 1000000
      from r`,
      [workspace, NOW],
    );
    await run(
      `${numbers} insert into ticket_labels (seq, workspace_id, label, state, created_at)
        select i, ?1, 'l' || (x / 2 % 50), (select state from tickets where seq = i), ?2 - (${size} - i) * ${step} from r`,
      [workspace, NOW],
    );
    await run(
      `${numbers}, v(i, key, value) as (select i, 'modelo', 'm' || (x / 32 % 200) from r
          union all select i, 'garantia', case x / 4 % 2 when 0 then 'true' else 'false' end from r)
        insert into ticket_field_values (seq, workspace_id, key, value, state, created_at)
        select i, ?1, key, value, (select state from tickets where seq = i), ?2 - (${size} - i) * ${step} from v`,
      [workspace, NOW],
    );
    await run(
      `${numbers} insert into ticket_fts (rowid, subject, body)
        select i, ?1 || 'equip ' || ?1 || 'equipo ' || ?1 || 'falla ' || ?1 || i,
          case when x % 2 then ?1 || 'ruid ' || ?1 || 'ruido ' else '' end || ?1 || 'marca ' || ?1 || 'e' || (x % 9) ||
          case when x / 16 % 1000 = 0 then ' ' || ?1 || 'zafir ' || ?1 || 'zafiro' else '' end from r`,
      [`${workspace.slice(-16)}_`],
    );
  }
  await run(
    "insert into ticket_desks (workspace_id, last_number, settings) values (?, ?, ?)",
    [workspace, size, JSON.stringify({ fields: FIELDS })],
  );
}

/** The same for a database file that nobody has open. */
export async function seedTickets(path: string, size: number): Promise<void> {
  const database = await createFileDatabase({ path, durable: false });
  await fillTickets(database.client, size);
  await database.close();
}
