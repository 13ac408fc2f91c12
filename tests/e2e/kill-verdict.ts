import { createFileDatabase } from "../../lib/adapters/db/file.ts";
import type { Acknowledged } from "./kill-customers.ts";

export interface Verdict {
  /** Messages in the database, of customers and of the bot. */
  readonly taken: number;
  readonly answers: number;
  /** Acknowledged and not there, or without their answer. */
  readonly lost: readonly string[];
  /** There more than once, or answered more than once. */
  readonly doubled: readonly string[];
  /** A row without what belongs to the same commit. */
  readonly halves: readonly string[];
}

/** Each finds what must not be: rows of one column that name it. */
const FAULTS = {
  lost: {
    "a message without an answer":
      "select id from messages where direction = 'in' and (answered_at is null or answer_id is null)",
    "an answer that is marked and not there": `select m.id from messages m
      left join messages a on a.id = m.answer_id and a.direction = 'out' and a.conversation_id = m.conversation_id
      where m.answer_id is not null and a.id is null`,
    "work that was given up":
      "select id || ' ' || name || ', ' || coalesce(last_error, '') from jobs where state = 4",
  },
  doubled: {
    "an answer to nothing": `select a.id from messages a where direction = 'out'
      and not exists (select 1 from messages m where m.answer_id = a.id)`,
    "a message twice": `select external_id from messages where direction = 'in'
      group by channel_account_id, external_id having count(*) > 1`,
    "an entry twice": "select title from knowledge_entries group by title having count(*) > 1",
    "a text twice":
      "select text from messages where direction = 'in' group by conversation_id, text having count(*) > 1",
    "an event twice": `select subject_id || ' ' || type from events
      where type in ('message.received', 'message.sent') group by subject_id, type having count(*) > 1`,
    "a contact twice": `select value from contact_identities where kind = 'external'
      group by value having count(*) > 1`,
    "a conversation twice": `select contact_id from conversations where state <> 'closed'
      group by contact_id, channel_account_id having count(*) > 1`,
    "a greeting twice":
      `select conversation_id from messages where direction = 'out' and text like 'Saludos.%'
      group by conversation_id having count(*) > 1`,
  },
  halves: {
    "a message without its event": `select m.id from messages m where not exists (select 1 from events e
      where e.subject_id = m.id and e.type = case m.direction when 'in' then 'message.received' else 'message.sent' end)`,
    "an event without its message": `select e.subject_id from events e
      where e.type in ('message.received', 'message.sent')
      and not exists (select 1 from messages m where m.id = e.subject_id)`,
    "an answer before its question":
      "select m.id from messages m join messages a on a.id = m.answer_id where a.id < m.id",
    "a contact without an identity": `select id from contacts c
      where not exists (select 1 from contact_identities i where i.contact_id = c.id)`,
    "an open lease": "select id from jobs where state = 2",
    "a broken reference": "select \"table\" || ' ' || rowid from pragma_foreign_key_check",
    "a broken page": "select integrity_check from pragma_integrity_check where integrity_check <> 'ok'",
  },
} as const;

/** Holds the database of a server that ended against what it had acknowledged. */
export async function judge(
  path: string,
  { acknowledged, made }: { acknowledged: readonly Acknowledged[]; made: readonly string[] },
): Promise<Verdict> {
  const database = await createFileDatabase({ path });
  try {
    const column = async (sql: string) =>
      (await database.client.execute(sql)).rows.map((row) => String(row[0]));
    const find = async (faults: Readonly<Record<string, string>>) => {
      const found: string[] = [];
      for (const [name, sql] of Object.entries(faults)) {
        found.push(...(await column(sql)).map((what) => `${name}: ${what}`));
      }
      return found;
    };
    const kept = new Set(
      await column("select external_id || ' ' || id from messages where direction = 'in'"),
    );
    const missing = acknowledged.filter(({ sent, messageId }) => !kept.has(`${sent} ${messageId}`));
    const entries = new Set(await column("select title from knowledge_entries"));
    const untaught = made.filter((title) => !entries.has(title));
    const [answers] = await column("select count(*) from messages where direction = 'out'");
    return {
      taken: kept.size,
      answers: Number(answers),
      lost: [
        ...[...missing.map(({ sent }) => sent), ...untaught].map((what) =>
          `acknowledged, not there: ${what}`
        ),
        ...await find(FAULTS.lost),
      ],
      doubled: await find(FAULTS.doubled),
      halves: await find(FAULTS.halves),
    };
  } finally {
    await database.close();
  }
}
