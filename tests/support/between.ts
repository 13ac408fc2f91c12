import type { Client } from "@libsql/client";

/** What of a client reads (lib/adapters/db/drizzle-query.ts); a file's answers some of it at once. */
type Reads = Record<string, ((...given: unknown[]) => unknown) | undefined>;

/** Both have these methods, though their types name only the first. */
function reading(client: Client): Reads {
  return client as unknown as Reads;
}

function textOf(given: unknown): string {
  return typeof given === "string" ? given : (given as { sql: string }).sql;
}

/**
 * Runs `work`, in which each read that `of` names is followed by a `change` before its answer is given: what comes
 * next is read after a change, as it happens over a network. Resolves to how many changes there were.
 */
export async function changedBetween(
  client: Client,
  { of, change }: { of: RegExp; change: (turn: number) => Promise<unknown> },
  work: () => Promise<unknown>,
): Promise<number> {
  const target = reading(client);
  const own = ["execute", "values", "first"].flatMap((name) => {
    const run = target[name];
    return run === undefined ? [] : [[name, run] as const];
  });
  let [turns, changing] = [0, false];
  for (const [name, run] of own) {
    target[name] = async (...given) => {
      const answer = await run.apply(client, given);
      if (!changing && of.test(textOf(given[0]))) {
        changing = true;
        await change(turns++);
        changing = false;
      }
      return answer;
    };
  }
  try {
    await work();
  } finally {
    Object.assign(target, Object.fromEntries(own));
  }
  return turns;
}
