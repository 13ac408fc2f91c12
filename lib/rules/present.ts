import { iso } from "../kernel/clock.ts";
import type { RuleRow } from "./store.ts";
import type { RunRow } from "./store-runs.ts";

export function toRuleDto(row: RuleRow) {
  const { id, name, description, enabled, position, when, conditions, actions, stops } = row;
  return {
    id,
    name,
    description,
    enabled,
    position,
    when: shown(when),
    conditions: shown(conditions),
    actions: actions.map(shown),
    stops,
    version: row.version,
    created_at: iso(row.createdAt),
    updated_at: iso(row.updatedAt),
  };
}

/** A checked value as plain JSON. */
function shown(value: object): Record<string, unknown> {
  return { ...value };
}

export function toRunDto(row: RunRow) {
  const { id, ruleId, trigger, subjectId, outcome, reason, results, chain } = row;
  return {
    id,
    rule_id: ruleId,
    trigger,
    subject_id: subjectId,
    outcome,
    reason,
    results,
    chain,
    at: iso(row.at),
  };
}
