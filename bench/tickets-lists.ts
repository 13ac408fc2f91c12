import { join } from "node:path";
import { encodeCursor } from "../lib/kernel/page.ts";
import type { ServerProcess } from "../tests/support/server.ts";
import { quantile, round } from "./measure.ts";
import { seedTickets } from "./tickets-seed.ts";
import { ask, say, signIn, start } from "./tickets-server.ts";

const SIZES = (Deno.env.get("BENCH_SIZES") ?? "10000,1000000").split(",").map(Number);

const A_YEAR_BACK = encodeCursor(["updated", Date.UTC(2025, 0, 1), 0]);

/** What operators ask, as queries of `GET /api/tickets`. */
const LISTS: Readonly<Record<string, string>> = {
  newest: "",
  "last changed": "sort=updated",
  live: "state=live",
  "one state": "state=pending_customer",
  "state and priority": "state=open&priority=urgent",
  "one's own": "assignee_id=opr_7&state=live",
  "nobody's": "assignee_id=none&state=live",
  "a team's": "team_id=tea_3&state=open",
  "a client's": "client_id=cli_77",
  "a client's, one state": "client_id=cli_77&state=closed",
  "last changed of one's own": "assignee_id=opr_7&state=live&sort=updated",
  "last changed of a rare kind": "category_id=tca_5&state=pending_internal&priority=urgent&sort=updated",
  "last changed of a large kind": "state=closed&priority=low&sort=updated",
  "a team's, last changed": "team_id=tea_3&sort=updated",
  "a team's live, last changed": "team_id=tea_3&state=live&sort=updated",
  "a team's live, last changed, far back": `team_id=tea_3&state=live&sort=updated&cursor=${A_YEAR_BACK}`,
  "a team's of a category": "team_id=tea_3&category_id=tca_5",
  "a team's of a category, last changed": "team_id=tea_3&category_id=tca_5&sort=updated",
  "an operator's with a label": "assignee_id=opr_7&label=l9",
  "a client's with a common field": "client_id=cli_77&custom.garantia=true",
  "one state, last changed": "state=pending_internal&sort=updated",
  "urgent and live, last changed": "priority=urgent&state=live&sort=updated",
  "nobody's, last changed": "assignee_id=none&state=live&sort=updated",
  "in a bad mood and live, last changed": "mood=negative&state=live&sort=updated",
  "overdue, last changed": "overdue=true&sort=updated",
  "changed in a month": "updated_from=2025-05-01T00:00:00Z&updated_to=2025-06-01T00:00:00Z&sort=updated",
  "a custom field": "custom.modelo=m7",
  "a custom field, live": "custom.modelo=m7&state=live",
  "two custom fields": "custom.modelo=m7&custom.garantia=true",
  "a common custom field, one state": "custom.garantia=true&state=pending_customer",
  "a custom field, last changed": "custom.modelo=m7&sort=updated",
  "a label": "label=l3",
  "a label, live": "label=l3&state=live",
  "a category, closed": "category_id=tca_5&state=closed",
  overdue: "overdue=true",
  "in a bad mood": "mood=negative",
  "in a bad mood, live": "mood=negative&state=live",
  "a month": "created_from=2025-05-01T00:00:00Z&created_to=2025-06-01T00:00:00Z",
  "a month, one state": "state=closed&created_from=2025-05-01T00:00:00Z&created_to=2025-06-01T00:00:00Z",
  "with total": "state=closed&with_total=true",
};

/** What few ask: no index has it together, so all there is of one kind, or of one time, is compared. */
const CROSSINGS: Readonly<Record<string, string>> = {
  "a label of an operator's, last changed": "assignee_id=opr_7&label=l9&sort=updated",
  "two custom fields, last changed": "custom.modelo=m7&custom.garantia=true&sort=updated",
  "a month, last changed": "created_from=2025-05-01T00:00:00Z&created_to=2025-06-01T00:00:00Z&sort=updated",
  "changed in a month, newest": "updated_from=2025-05-01T00:00:00Z&updated_to=2025-06-01T00:00:00Z",
  "a label of an operator who has none": "assignee_id=opr_7&label=l3&sort=updated",
  "a team's of a category, with total": "team_id=tea_3&category_id=tca_5&with_total=true",
};

const SEARCHES: Readonly<Record<string, string>> = {
  "a common word": "q=equipo",
  "two common words": "q=equipo+ruido",
  "a rare word": "q=zafiro",
  "common and rare": "q=equipo+zafiro",
  "a common word, live": "q=equipo&state=live",
  "by relevance": "q=zafiro&sort=relevance",
  "by relevance, too many": "q=equipo&sort=relevance",
  "a number": "q=T-4242",
};

const ROUNDS = 30;
const WARM_UP_ROUNDS = 3;

interface Seeded {
  readonly size: number;
  readonly folder: string;
  readonly server: ServerProcess;
  readonly token: string;
  readonly times: Map<string, number[]>;
}

async function seeded(size: number): Promise<Seeded> {
  const folder = await Deno.makeTempDir({ prefix: "cauce-tickets-" });
  const first = await start(folder);
  first.signal("SIGTERM");
  await first.ended;
  const begun = performance.now();
  await seedTickets(join(folder, "data", "cauce.db"), size);
  say(`${size} tickets put in within ${Math.round((performance.now() - begun) / 1000)} s`);
  const server = await start(folder);
  return { size, folder, server, token: await signIn(server), times: new Map() };
}

const percentile = (times: Iterable<readonly number[]>, q: number) =>
  quantile([...times].flat().sort((a, b) => a - b), q);

/** Desks of all sizes are asked in turn, so that what else the machine does is the same for each. */
export async function benchLists(): Promise<void> {
  const desks: Seeded[] = [];
  try {
    for (const size of SIZES) desks.push(await seeded(size));
    for (let round = 0; round < ROUNDS; round++) {
      for (const [name, query] of Object.entries({ ...LISTS, ...CROSSINGS, ...SEARCHES })) {
        for (const { server, token, times } of desks) {
          const begun = performance.now();
          await ask(server, { path: `/api/tickets?limit=50&${query}`, token });
          const took = performance.now() - begun;
          if (round >= WARM_UP_ROUNDS) times.set(name, [...times.get(name) ?? [], took]);
        }
      }
    }
    for (const desk of desks) report(desk);
    const [small, large] = desks;
    if (small === undefined || large === undefined) return;
    for (const [what, q] of [["p50", 0.5], ["p95", 0.95]] as const) {
      const grown = percentile(partOf(large, LISTS), q) / percentile(partOf(small, LISTS), q);
      say(
        `growth of lists, ${what}, from ${small.size} to ${large.size}: ${
          round(grown)
        } times (aim: at most 2)`,
      );
    }
  } finally {
    for (const { server, folder } of desks) {
      await server.kill();
      await Deno.remove(folder, { recursive: true });
    }
  }
}

function partOf({ times }: Seeded, queries: Readonly<Record<string, string>>): number[][] {
  return Object.keys(queries).map((name) => times.get(name) ?? []);
}

function report(desk: Seeded): void {
  for (const [name, took] of desk.times) {
    say(`  ${name}: p50 ${round(percentile([took], 0.5))} ms, p95 ${round(percentile([took], 0.95))} ms`);
  }
  say(
    `${desk.size} tickets: lists and filters p95 ${
      round(percentile(partOf(desk, LISTS), 0.95))
    } ms, crossings p95 ${round(percentile(partOf(desk, CROSSINGS), 0.95))} ms, searches p95 ${
      round(percentile(partOf(desk, SEARCHES), 0.95))
    } ms (aims: 30)`,
  );
}
