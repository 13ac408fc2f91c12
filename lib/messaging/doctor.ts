import type { Ctx } from "../context.ts";
import { listChannelAccounts } from "../conversations/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { iso } from "../kernel/clock.ts";
import { messageOf } from "../kernel/errors.ts";
import { defaultWorkspaceId } from "../identity/mod.ts";
import { seedWhatsApp } from "./channels.ts";
import { examineApp, examineNumber, examineSubscription, examineToken } from "./doctor-meta.ts";
import { sendTest } from "./doctor-message.ts";
import { type Ask, examineAddress } from "./doctor-webhook.ts";
import { fail, type Finding, ok, PERMISSIONS, skip, warn } from "./finding.ts";
import { numbers, type WhatsAppNumber } from "./numbers.ts";
import { selectPause } from "./store-numbers.ts";
import { listTemplates, syncTemplates } from "./templates.ts";

export interface NumberFindings {
  /** Of the channel account; empty for what concerns no single number. */
  readonly channel_account_id: string | null;
  readonly name: string;
  readonly findings: readonly Finding[];
}

export interface DoctorOrder {
  /** A phone that gets a test message. */
  readonly sendTo?: string | undefined;
  /** Subscribes at Meta what is not subscribed. */
  readonly subscribe?: boolean;
  /** Calls an address of this very machine, where the surface can; the guarded fetch refuses those. */
  readonly askLocal?: Ask | undefined;
}

/**
 * Looks at everything between the workspace's WhatsApp numbers and Meta, and says of each thing what is wrong and how
 * to mend it. Connects the number of the environment first, if it is this workspace's. Never throws for what it finds.
 */
export async function examineWhatsApp(ctx: Ctx, order: DoctorOrder = {}): Promise<NumberFindings[]> {
  requireScope(ctx, "channels:write");
  if (ctx.config.whatsapp !== null && await defaultWorkspaceId(ctx) === ctx.workspaceId) {
    await seedWhatsApp(ctx);
  }
  const accounts = await listChannelAccounts(ctx, { channel: "whatsapp" });
  if (accounts.length === 0) {
    return [{ channel_account_id: null, name: "WhatsApp", findings: [NOT_CONNECTED] }];
  }
  const { byAccount } = await numbers(ctx, { maxAgeMs: 0 });
  const found: NumberFindings[] = [];
  for (const { id, name } of accounts) {
    const number = byAccount.get(id);
    const findings = number === undefined ? [UNREADABLE] : await examine(ctx, { number, order });
    const label = number === undefined ? name : `${name} (${number.call.phoneNumberId})`;
    found.push({ channel_account_id: id, name: label, findings });
  }
  return found;
}

const NOT_CONNECTED = fail(
  "settings",
  "no WhatsApp number is connected",
  "set WHATSAPP_APP_SECRET, WHATSAPP_VERIFY_TOKEN, WHATSAPP_ACCESS_TOKEN, WHATSAPP_PHONE_NUMBER_ID and " +
    "WHATSAPP_BUSINESS_ACCOUNT_ID (in .env), or connect one with POST /api/channels",
);
const UNREADABLE = fail(
  "settings",
  "the number's settings or secrets can't be read",
  "ENCRYPTION_KEY must still hold the key that sealed them; else give the channel its secrets again",
);

async function examine(
  ctx: Ctx,
  { number, order }: { number: WhatsAppNumber; order: DoctorOrder },
): Promise<Finding[]> {
  const { findings: tokenFindings, appId } = await examineToken(ctx, number);
  const findings = [...await examineState(ctx, number), ...tokenFindings];
  const address = await examineAddress(ctx, { number, askLocal: order.askLocal });
  if (tokenFindings.some(({ state }) => state === "fail")) {
    return [...findings, address, skip("number", "not asked: the token must work first")];
  }
  findings.push(await examineNumber(ctx, number));
  findings.push(address);
  const may = { subscribe: order.subscribe === true };
  findings.push(await examineApp(ctx, { number, appId, subscribe: may.subscribe && address.state === "ok" }));
  findings.push(await examineSubscription(ctx, { number, appId, ...may }));
  findings.push(await examineTemplates(ctx, number));
  findings.push(await sendTest(ctx, { number, to: order.sendTo }));
  return findings;
}

/** What we ourselves hold back. */
async function examineState(ctx: Ctx, { accountId, enabled }: WhatsAppNumber): Promise<Finding[]> {
  if (!enabled) {
    return [warn("channel", "the channel is switched off", "switch it on with PATCH /api/channels/{id}")];
  }
  const pause = await selectPause(ctx, accountId);
  if (pause === null) return [];
  const message = `nothing is sent until ${iso(pause.until)}: ${pause.reason}`;
  return [warn("channel", message, "mend what follows; sending goes on by itself after that time")];
}

async function examineTemplates(ctx: Ctx, number: WhatsAppNumber): Promise<Finding> {
  const mend =
    "make one with POST /api/whatsapp/templates, or in WhatsApp Manager, and wait for its approval";
  if (number.call.businessAccountId === null) return skip("templates", "the business account is not known");
  try {
    const which = { channel_account_id: number.accountId };
    const { found } = await syncTemplates(ctx, which);
    const { data, next_cursor } = await listTemplates(ctx, { ...which, limit: 200, status: "APPROVED" });
    const approved = `${data.length}${next_cursor === null ? "" : " or more"}`;
    if (data.length > 0) return ok("templates", `${found} known, ${approved} approved`);
    const message = `${found} known, none approved: nothing can be sent after 24 hours of silence`;
    return warn("templates", message, mend);
  } catch (thrown) {
    return warn("templates", `could not be listed: ${messageOf(thrown)}`, PERMISSIONS);
  }
}
