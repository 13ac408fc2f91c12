import type { Tx } from "../context.ts";
import { emit } from "../events/mod.ts";
import { DAY } from "../kernel/clock.ts";
import { type Json, list, type News, record, textOf } from "./envelope.ts";
import type { WhatsAppNumber } from "./numbers.ts";
import { updatePause } from "./store-numbers.ts";
import { applyTemplateStatus, TEMPLATE_FIELDS } from "./template-status.ts";

type Notice = Extract<News, { kind: "notice" }>;

/** The fields that Meta tells an account about, and the event that each becomes. Others become `whatsapp.notice`. */
const EVENTS: Readonly<Record<string, string>> = {
  message_template_status_update: "whatsapp.template_status_changed",
  message_template_quality_update: "whatsapp.template_quality_changed",
  template_category_update: "whatsapp.template_category_changed",
  phone_number_quality_update: "whatsapp.number_quality_changed",
  phone_number_name_update: "whatsapp.number_name_changed",
  business_capability_update: "whatsapp.limits_changed",
  account_update: "whatsapp.account_changed",
  account_alerts: "whatsapp.account_alert",
  account_review_update: "whatsapp.account_reviewed",
  user_preferences: "whatsapp.user_preferences_changed",
  user_id_update: "whatsapp.user_id_changed",
  messages: "whatsapp.error",
};

const aboutTemplates: ReadonlySet<string> = new Set(TEMPLATE_FIELDS);

/** Updates of an account after which it sends nothing until a person has looked at it. */
const STOPS: ReadonlySet<string> = new Set(["DISABLED_UPDATE", "ACCOUNT_RESTRICTION", "ACCOUNT_DELETED"]);

/**
 * News about a number or a business account: an event in every workspace that has a number of it. One that says that
 * the account may not send any more pauses its numbers. Resolves to what is wrong with it, if something is.
 */
export async function applyNotice(
  tx: Tx,
  { notice, numbers }: { notice: Notice; numbers: readonly WhatsAppNumber[] },
): Promise<{ kind: "foreign"; detail: string } | null> {
  const { field, businessId, phoneNumberId, value, at } = notice;
  const concerned = numbers.filter(({ call }) =>
    phoneNumberId === null ? call.businessAccountId === businessId : call.phoneNumberId === phoneNumberId
  );
  if (concerned.length === 0) {
    return { kind: "foreign", detail: `no channel has the business account ${businessId.slice(0, 60)}` };
  }
  for (const workspaceId of new Set(concerned.map((number) => number.workspaceId))) {
    const inside = tx.as({ workspaceId });
    if (aboutTemplates.has(field)) {
      await applyTemplateStatus(inside, { field, businessAccountId: businessId, value, at });
    }
    const type = Object.hasOwn(EVENTS, field) ? EVENTS[field] ?? "whatsapp.notice" : "whatsapp.notice";
    await emit(inside, {
      type,
      subjectId: (phoneNumberId ?? businessId).slice(0, 60) || "unknown",
      data: { field: field.slice(0, 100), ...shown(value) },
    });
  }
  if (field === "account_update" && STOPS.has(textOf(value["event"]))) {
    for (const { accountId, workspaceId } of concerned) {
      const pause = { until: tx.now() + 30 * DAY, reason: `account_restricted (${textOf(value["event"])})` };
      await updatePause(tx.as({ workspaceId }), accountId, pause);
    }
  }
  return null;
}

/** What an event carries of it: names and numbers, a level deep, of decent length. */
function shown(value: Json): Record<string, unknown> {
  const flat = Object.entries(value).filter(([, one]) =>
    ["string", "number", "boolean"].includes(typeof one)
  );
  const errors = list(value["errors"]).slice(0, 5).map((error) => ({
    code: error["code"] ?? null,
    title: textOf(error["title"]).slice(0, 200),
    details: textOf(record(error["error_data"])["details"]).slice(0, 500),
  }));
  const short = flat.slice(0, 30).map(([name, one]) => [name.slice(0, 60), textOf(one).slice(0, 500)]);
  return { ...Object.fromEntries(short), ...(errors.length > 0 ? { errors } : {}) };
}
