import type { Tx } from "../context.ts";
import { invalid, there, underPath } from "../kernel/errors.ts";
import type { TicketAction } from "./action-schemas.ts";
import { fieldsAfter } from "./fields.ts";
import { namedOperator, namedTeam } from "./named.ts";
import { findCategory } from "./presets.ts";
import { settingsOf } from "./settings.ts";
import { selectDesk } from "./store-desk.ts";

type Named = { readonly [T in TicketAction["type"]]?: (tx: Tx, at: At<T>) => Promise<unknown> };

interface At<T extends TicketAction["type"]> {
  readonly action: Extract<TicketAction, { type: T }>;
  readonly path: string;
}

/** What each action names has to be there. */
const NAMED: Named = {
  set_category: async (tx, { action: { category_id: id }, path }) =>
    id === null ? null : there(`${path}.category_id`, await findCategory(tx, id)),
  set_team: async (tx, { action: { team_id: id }, path }) =>
    id === null ? null : await namedTeam(tx, id, `${path}.team_id`),
  assign: async (tx, { action: { assignee_id: id }, path }) =>
    id === null ? null : await namedOperator(tx, id, `${path}.assignee_id`),
  set_field: async (tx, { action: { key, value }, path }) => {
    const { fields: definitions } = settingsOf(await selectDesk(tx));
    if (!definitions.some((one) => one.key === key)) throw invalid(`${path}.key`, "there is no such field");
    try {
      return fieldsAfter({ definitions, given: { [key]: value }, before: {}, complete: false });
    } catch (thrown) {
      throw underPath(`${path}.value`, thrown);
    }
  },
};

/**
 * For who keeps actions to do them later: throws 422 for the first that names what is not there, so that it does not
 * fail each time that it is to be done.
 */
export async function requireActions(tx: Tx, actions: readonly { readonly type: string }[]): Promise<void> {
  for (const [at, action] of actions.entries()) {
    await checkOf(action)?.(tx, { action, path: `actions.${at}` });
  }
}

type Check = (
  tx: Tx,
  at: { readonly action: { readonly type: string }; readonly path: string },
) => Promise<unknown>;

/** Safe because the entry of an action's own type takes that action; of other types there is none. */
function checkOf({ type }: { readonly type: string }): Check | undefined {
  return Object.hasOwn(NAMED, type) ? Reflect.get(NAMED, type) as Check : undefined;
}
