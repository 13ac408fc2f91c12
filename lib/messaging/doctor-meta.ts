import type { Ctx } from "../context.ts";
import { DAY, iso } from "../kernel/clock.ts";
import { messageOf } from "../kernel/errors.ts";
import { whatsAppFailureOf } from "../ports/whatsapp-failures.ts";
import { webhookUrl } from "./doctor-webhook.ts";
import { fail, type Finding, ok, PERMISSIONS, skip, warn } from "./finding.ts";
import type { WhatsAppNumber } from "./numbers.ts";

const MESSAGING = "whatsapp_business_messaging";
const MANAGEMENT = "whatsapp_business_management";
const NEW_TOKEN =
  `make a token that never expires: business.facebook.com, Settings, System users, Generate token, with ${MESSAGING} ` +
  `and ${MANAGEMENT}; put it into WHATSAPP_ACCESS_TOKEN (or the channel's secrets)`;
const SOON = 7 * DAY;

/** Fields of the webhook that we read; without `messages` nothing arrives. */
export const WEBHOOK_FIELDS = [
  "messages",
  "message_template_status_update",
  "message_template_quality_update",
  "template_category_update",
  "phone_number_quality_update",
  "business_capability_update",
  "account_update",
] as const;

/** Whether Meta knows the token, until when, and what it may do. */
export async function examineToken(
  ctx: Ctx,
  { call }: WhatsAppNumber,
): Promise<{ findings: Finding[]; appId: string | null }> {
  try {
    const token = await ctx.ports.whatsapp.debugToken(call);
    if (!token.valid) {
      const why = token.problem ?? "Meta says that it is not valid";
      return { findings: [fail("token", why, NEW_TOKEN)], appId: token.appId };
    }
    return { findings: [lifeOf(ctx, token.expiresAt), rightsOf(token.scopes)], appId: token.appId };
  } catch (thrown) {
    return { findings: [refusedToken(ctx, thrown)], appId: null };
  }
}

function refusedToken(ctx: Ctx, thrown: unknown): Finding {
  const { url, version } = ctx.config.graph;
  const kind = whatsAppFailureOf(thrown)?.class;
  if (kind === "auth") return fail("token", `Meta refuses it: ${messageOf(thrown)}`, NEW_TOKEN);
  if (kind === "retry_later") {
    const mend =
      "this machine must reach it over HTTPS: look at DNS, proxy and firewall, then run this again";
    return fail("token", `${url} gives no answer: ${messageOf(thrown)}`, mend);
  }
  const mend = `look at WHATSAPP_GRAPH_URL (${url}) and WHATSAPP_GRAPH_VERSION (${version})`;
  return fail("token", `could not be looked at: ${messageOf(thrown)}`, mend);
}

function lifeOf(ctx: Ctx, expiresAt: number | null): Finding {
  if (expiresAt === null) return ok("token", "valid, never expires");
  if (expiresAt <= ctx.now()) return fail("token", `expired at ${iso(expiresAt)}`, NEW_TOKEN);
  const message = `valid until ${iso(expiresAt)}`;
  return expiresAt - ctx.now() < SOON
    ? warn("token", `${message}, that is soon`, NEW_TOKEN)
    : ok("token", message);
}

function rightsOf(scopes: readonly string[]): Finding {
  if (!scopes.includes(MESSAGING)) {
    return fail("permissions", `the token may not send: ${MESSAGING} is missing`, PERMISSIONS);
  }
  if (scopes.includes(MANAGEMENT)) return ok("permissions", "may send and manage");
  const message = `the token may not manage: ${MANAGEMENT} is missing (templates, subscription)`;
  return warn("permissions", message, PERMISSIONS);
}

const RATINGS: Readonly<Record<string, string>> = {
  RED: "its quality is low: customers block or report it, Meta may cut its limits",
  YELLOW: "its quality is medium: some customers block or report it",
};

/** Whether the number is there and may send. */
export async function examineNumber(ctx: Ctx, { call }: WhatsAppNumber): Promise<Finding> {
  try {
    const number = await ctx.ports.whatsapp.numberInfo(call);
    const { status, qualityRating, nameStatus, accountMode, messagingLimitTier } = number;
    const label = `${number.displayPhoneNumber}${
      number.verifiedName === null ? "" : ` "${number.verifiedName}"`
    }`;
    if (status !== null && status !== "CONNECTED") {
      const mend =
        "see the number in WhatsApp Manager; PENDING needs registration, RESTRICTED or BANNED an appeal";
      return fail("number", `${label} is ${status}`, mend);
    }
    const shown = [label, status, qualityRating && `quality ${qualityRating}`, messagingLimitTier]
      .filter(Boolean).join(", ");
    const care = RATINGS[qualityRating ?? ""];
    if (care !== undefined) {
      return warn(
        "number",
        `${shown}: ${care}`,
        "send less and only what was asked for; honour opt-outs at once",
      );
    }
    if (nameStatus === "DECLINED") {
      return warn(
        "number",
        `${shown}: Meta declined its display name`,
        "choose another name in WhatsApp Manager",
      );
    }
    if (accountMode === "SANDBOX") {
      return warn(
        "number",
        `${shown}: a test number, it reaches five phones at most`,
        "add a number of your own",
      );
    }
    return ok("number", shown);
  } catch (thrown) {
    const mend = `WHATSAPP_PHONE_NUMBER_ID must be the id of the number (not the number); ${PERMISSIONS}`;
    return fail("number", `${call.phoneNumberId} is not found: ${messageOf(thrown)}`, mend);
  }
}

interface AppOrder {
  readonly number: WhatsAppNumber;
  readonly appId: string | null;
  readonly subscribe: boolean;
}

/** Whether the app secret is the app's, and whether Meta sends the app's webhooks here. */
export async function examineApp(ctx: Ctx, { number, appId, subscribe }: AppOrder): Promise<Finding> {
  const appSecret = number.appSecret ?? ctx.config.whatsapp?.appSecret ?? null;
  const copy =
    "copy it from developers.facebook.com, your app, App settings, Basic, into WHATSAPP_APP_SECRET";
  if (appSecret === null) return fail("app secret", "is not set: no webhook can be believed", copy);
  if (appId === null) {
    return skip("app secret", "can't be tried: Meta does not say which app the token is of");
  }
  const app = { appId, appSecret };
  try {
    const all = await ctx.ports.whatsapp.appSubscriptions(app);
    const found = all.find(({ object, active }) => object === "whatsapp_business_account" && active);
    const missing = WEBHOOK_FIELDS.filter((field) => !found?.fields.includes(field));
    const wanted = webhookUrl(ctx);
    const here = found?.callbackUrl === wanted;
    if (here && missing.length === 0) return ok("webhook", `the secret is right; Meta calls ${wanted}`);
    if (subscribe && wanted !== null) return await subscribeHere(ctx, { number, app, wanted });
    return elsewhere({ found: found?.callbackUrl ?? null, wanted, missing });
  } catch (thrown) {
    if (whatsAppFailureOf(thrown)?.class !== "auth") {
      const mend = "run this again in a moment";
      return warn("webhook", `Meta does not say where webhooks go: ${messageOf(thrown)}`, mend);
    }
    return fail("app secret", `is not the secret of app ${appId}: every webhook would be refused`, copy);
  }
}

interface Elsewhere {
  readonly found: string | null;
  readonly wanted: string | null;
  readonly missing: readonly string[];
}

function elsewhere({ found, wanted, missing }: Elsewhere): Finding {
  const mend =
    "run this with --subscribe, or enter address and verify token in the app: WhatsApp, Configuration";
  if (found === null) return fail("webhook", "Meta has no address to send webhooks to", mend);
  if (missing.includes("messages")) {
    return fail("webhook", `Meta calls ${found}, but not for messages: that field is not subscribed`, mend);
  }
  if (found !== wanted) {
    return warn(
      "webhook",
      `Meta calls ${found}, not ${wanted ?? "this server (PUBLIC_URL is not set)"}`,
      mend,
    );
  }
  return warn("webhook", `Meta calls ${found}, without ${missing.join(", ")}`, mend);
}

async function subscribeHere(
  ctx: Ctx,
  { number, app, wanted }: {
    number: WhatsAppNumber;
    app: { appId: string; appSecret: string };
    wanted: string;
  },
): Promise<Finding> {
  const verifyToken = number.verifyToken ?? ctx.config.whatsapp?.verifyToken ?? "";
  try {
    await ctx.ports.whatsapp.subscribeApp(app, { callbackUrl: wanted, verifyToken, fields: WEBHOOK_FIELDS });
    return ok("webhook", `subscribed now: Meta calls ${wanted}`);
  } catch (thrown) {
    const mend = "Meta asked that address for the challenge; look at the address above, then run this again";
    return fail("webhook", `Meta would not subscribe ${wanted}: ${messageOf(thrown)}`, mend);
  }
}

/** Whether the business account's webhooks go to the token's app. */
export async function examineSubscription(
  ctx: Ctx,
  { number: { call }, appId, subscribe }: AppOrder,
): Promise<Finding> {
  const { businessAccountId } = call;
  if (businessAccountId === null) {
    const mend = "set business_account_id in the channel's settings (WHATSAPP_BUSINESS_ACCOUNT_ID)";
    return warn("subscription", "can't be looked at: the business account is not known", mend);
  }
  try {
    const apps = await ctx.ports.whatsapp.subscribedApps(call);
    const own = apps.find(({ id }) => id === appId);
    if (own !== undefined) {
      return ok("subscription", `app ${own.id} "${own.name}" gets the account's webhooks`);
    }
    if (subscribe) {
      await ctx.ports.whatsapp.subscribe(call);
      return ok("subscription", `app ${appId ?? "of the token"} is subscribed now`);
    }
    const others = apps.length === 0 ? "no app does" : `only ${apps.map(({ id }) => id).join(", ")} do`;
    const message = `the token's app gets no webhooks of account ${businessAccountId}: ${others}`;
    return fail("subscription", message, "run this with --subscribe");
  } catch (thrown) {
    const mend = `WHATSAPP_BUSINESS_ACCOUNT_ID must be the account that holds the number; ${PERMISSIONS}`;
    return fail(
      "subscription",
      `account ${businessAccountId} can't be looked at: ${messageOf(thrown)}`,
      mend,
    );
  }
}
