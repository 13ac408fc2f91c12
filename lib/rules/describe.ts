import type { Ctx } from "../context.ts";
import { requireScope } from "../kernel/actors.ts";
import { getDesk } from "../tickets/mod.ts";
import {
  customField,
  FIELDS,
  MARK_NAMES,
  MORE_VARIABLES,
  OTHER_GROUPS,
  OTHER_TIMES,
  TIMED_GROUPS,
  TRIGGERS,
} from "./catalogue.ts";
import { OPERATORS } from "./conditions.ts";

/** What rules can wait for, look at and ask. */
export async function catalogue(ctx: Ctx) {
  requireScope(ctx, "sla:read");
  // What fields the desk made is known to who may read tickets.
  const own = ctx.actor.scopes.has("tickets:read") ? (await getDesk(ctx)).fields : [];
  const custom = own.map(({ key }) => [customField(key), { kind: "custom" }] as const);
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
    fields: [...Object.entries(FIELDS), ...custom].map((
      [field, kind],
    ) => ({
      field,
      kind: kind.kind as string,
      operators: Object.keys(OPERATORS[kind.kind] ?? {}),
      values: "of" in kind ? [...kind.of] as string[] : null,
    })),
    variables: [...Object.keys(FIELDS), ...MORE_VARIABLES, ...custom.map(([field]) => field)] as string[],
  };
}
