import type { RunOutcome } from "../../db/schema/rules.ts";
import type { Ctx, Tx } from "../context.ts";
import { emit, eventActor } from "../events/mod.ts";
import { systemActor } from "../kernel/actors.ts";
import { HOUR } from "../kernel/clock.ts";
import { AppError, messageOf } from "../kernel/errors.ts";
import { newId } from "../kernel/ids.ts";
import { holds } from "./conditions.ts";
import { factsOf, type Known, knownOf, type Occasion } from "./facts.ts";
import { perform } from "./perform.ts";
import type { RuleRow } from "./store.ts";
import { countDone, insertRun, selectRun, selectRunOf } from "./store-runs.ts";

const POLICY = {
  /** Rules whose actions led to each other: a longer chain is a mistake. */
  deepest: 5,
  /** How often a rule acts on one subject within an hour, whatever calls it. */
  perHour: 20,
} as const;

/** Whoever acts in a rule's run: `system:rule.` and the run's id, so that what it caused leads back to it. */
const BY_RULE = "rule.";

/** The rules whose actions led to an event, the first cause first. */
export async function chainTo(ctx: Ctx, seq: number): Promise<string[]> {
  const actor = await eventActor(ctx, seq);
  const prefix = systemActor(BY_RULE).id;
  if (actor === null || !actor.startsWith(prefix)) return [];
  const run = await selectRun(ctx, actor.slice(prefix.length));
  return run === undefined ? [] : [...run.chain, run.ruleId];
}

export interface Application {
  readonly rule: RuleRow;
  readonly seen: Occasion;
  /** The same in the transaction that acts on it; null: it is so no more, or was erased. */
  readonly again: (tx: Tx) => Promise<Occasion | null>;
  readonly ticketId: string | null;
  readonly subjectId: string;
  /** Names the event or the time; a rule acts once on each. */
  readonly occasion: string;
  readonly chain: readonly string[];
}

/**
 * Lets a rule look at an occasion and act on it: its actions and the record of them are one commit. What can't be done
 * is recorded as failed. Resolves to whether it acted, now or before; a fault of the moment is thrown.
 */
export async function applyRule(ctx: Ctx, application: Application): Promise<boolean> {
  const { rule, seen, again, ticketId, subjectId, occasion, chain } = application;
  if (knownHeld(rule, seen) === null) return false;
  const runId = newId("ruleRun");
  const run = { id: runId, ruleId: rule.id, occasion, trigger: rule.trigger, subjectId, chain: [...chain] };
  const acting = ctx.as({ actor: systemActor(`${BY_RULE}${runId}`) });
  try {
    return await acting.transact(async (tx) => {
      const before = await selectRunOf(tx, run);
      if (before !== undefined) return before.outcome === "done";
      const known = knownHeld(rule, await again(tx));
      if (known === null) return false;
      const refused = await refusal(tx, application);
      const results = refused === null
        ? await perform(tx, { rule, ticketId, subjectId, known, occasion })
        : [];
      const { outcome, reason } = refused ?? { outcome: "done" as const, reason: null };
      await insertRun(tx, { ...run, outcome, reason, results });
      if (outcome === "done") await tellOfRun(tx, { rule, runId, subjectId, type: "rule.fired" });
      return outcome === "done";
    });
  } catch (thrown) {
    if (!isFinal(thrown)) throw thrown;
    await acting.transact(async (tx) => {
      if (await selectRunOf(tx, run) !== undefined) return;
      const reason = messageOf(thrown).slice(0, 500).toWellFormed();
      await insertRun(tx, { ...run, outcome: "failed", reason, results: [] });
      await tellOfRun(tx, { rule, runId, subjectId, type: "rule.failed" });
    });
    return false;
  }
}

/** What is known of an occasion on which the rule acts; null: it does not. */
function knownHeld(rule: RuleRow, seen: Occasion | null): Known | null {
  if (seen === null) return null;
  const known = { ...knownOf(seen), rule: { name: rule.name } };
  return holds(rule.conditions, factsOf(known)) ? known : null;
}

async function tellOfRun(
  tx: Tx,
  { rule, runId, subjectId, type }: { rule: RuleRow; runId: string; subjectId: string; type: string },
): Promise<void> {
  const data = { rule_id: rule.id, name: rule.name, run_id: runId, trigger: rule.trigger };
  await emit(tx, { type, subjectId, data });
}

/** What no later attempt would change: the state, the input, or what they name. */
function isFinal(thrown: unknown): boolean {
  return thrown instanceof AppError
    ? !thrown.retryable
    : thrown instanceof Error && thrown.name === "ZodError";
}

async function refusal(
  tx: Tx,
  { rule, subjectId, chain }: Application,
): Promise<{ outcome: RunOutcome; reason: string } | null> {
  if (chain.includes(rule.id)) {
    return { outcome: "loop", reason: "Its own actions led to this event" };
  }
  if (chain.length >= POLICY.deepest) {
    return { outcome: "too_deep", reason: `${chain.length} rules led to this event, one after the other` };
  }
  const since = tx.now() - HOUR;
  if (await countDone(tx, { ruleId: rule.id, subjectId, since }) < POLICY.perHour) return null;
  return { outcome: "throttled", reason: `It acted on this ${POLICY.perHour} times within an hour` };
}
