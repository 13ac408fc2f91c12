import { iso } from "../kernel/clock.ts";
import {
  FIELDS,
  MARK_NAMES,
  MORE_VARIABLES,
  OTHER_GROUPS,
  OTHER_TIMES,
  TIMED_GROUPS,
  TRIGGERS,
} from "./catalogue.ts";
import { OPERATORS } from "./conditions.ts";
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

/** What rules can wait for, look at and ask. */
export function catalogue() {
  return {
    events: Object.entries(TRIGGERS).map(([event, groups]) => ({ event, groups: [...groups] as string[] })),
    times: [
      ...MARK_NAMES.map((mark) => ({
        since: mark as string | null,
        before: null,
        groups: [...TIMED_GROUPS],
      })),
      ...OTHER_TIMES.map((time) => ({
        since: time === "visit_starts" ? null : time,
        before: time === "visit_starts" ? time : null,
        groups: [...OTHER_GROUPS[time]],
      })),
    ].map(({ groups, ...time }) => ({ ...time, groups: groups as string[] })),
    fields: Object.entries(FIELDS).map(([field, kind]) => ({
      field,
      kind: kind.kind as string,
      operators: Object.keys(OPERATORS[kind.kind] ?? {}),
      values: "of" in kind ? [...kind.of] as string[] : null,
    })),
    variables: [...Object.keys(FIELDS), ...MORE_VARIABLES] as string[],
  };
}
