import { checkMessage, windowOpen } from "./graph-checks.ts";
import { accepts, type Commands, createCommands, type GraphCommand, spoiled } from "./graph-commands.ts";
import { errorAnswer, GraphRefusal, refuse } from "./graph-errors.ts";
import { contactCard, type CustomerCard, inboundMessage, type InboundOptions } from "./graph-inbound.ts";
import {
  appSubscriptions,
  type Asked,
  debugToken,
  editTemplate,
  mediaAnswer,
  noObject,
  numberAnswer,
  serveMedia,
  subscribedApps,
  templates,
  uploadMedia,
} from "./graph-management.ts";
import { createPace, type Pace } from "./graph-pace.ts";
import { STATUS_PLANS, statusChange, type StatusPlan } from "./graph-statuses.ts";
import { createWebhooks, type Webhooks } from "./graph-webhooks.ts";
import {
  addTemplate,
  createLedger,
  createWorld,
  type FakeNumber,
  type FakeTemplate,
  type Ledger,
  newWamid,
  type Received,
  type World,
} from "./graph-world.ts";
import { type RawAnswer, serveRaw } from "./raw-server.ts";

export type { GraphCommand } from "./graph-commands.ts";
export { INBOUND_TYPES } from "./graph-inbound.ts";
export { endless } from "./graph-management.ts";
export { failsWith, STATUS_PLANS, type StatusPlan } from "./graph-statuses.ts";
export { bodyOf } from "./graph-webhooks.ts";
export { addMedia } from "./graph-world.ts";

export const GRAPH_SECRETS = {
  token: "EAAGfakeTokenForTests0123456789",
  appSecret: "0123456789abcdef0123456789abcdef",
  verifyToken: "verify-me-please",
} as const;
const FIRST_NUMBER = "106540352242922";
const FIRST_ACCOUNT = "102290129340398";

export interface FakeGraphOptions {
  /** UTC milliseconds; default the real clock. Pass a test clock's `now` to let windows close. */
  readonly now?: () => number;
  readonly version?: string;
  /** Meta tells of a closed window by a refusal, or takes the message and lets it fail by a status. */
  readonly closedWindow?: "answer" | "status";
  /** Enforces the limits per pair and per number. */
  readonly pace?: Pace;
}

/** A person with WhatsApp. What it does becomes a webhook in `webhooks.queue`. */
export interface FakeCustomer {
  readonly card: CustomerCard;
  /** Resolves nothing: returns the wamid; the window opens. */
  says(text: string, options?: InboundOptions): string;
  sends(type: string, options?: InboundOptions): string;
}

export interface FakeGraph extends Omit<Commands, "take"> {
  /** For WHATSAPP_GRAPH_URL. */
  readonly baseUrl: string;
  /** Every WHATSAPP_* setting of the first number. */
  readonly env: Readonly<Record<string, string>>;
  /** The first number, as the port's calls take it. */
  readonly account: {
    readonly phoneNumberId: string;
    readonly businessAccountId: string;
    readonly accessToken: string;
  };
  readonly world: World;
  readonly ledger: Ledger;
  readonly webhooks: Webhooks;
  /** Every send that passed the checks, in order; also those that were answered with a fault. */
  readonly sends: readonly Readonly<Record<string, unknown>>[];
  /** Every call as `METHOD /path`. */
  readonly calls: readonly string[];
  /** How many connections were opened so far. */
  connections(): number;
  statuses(plan: StatusPlan): void;
  /** Calls to addresses that begin with `publicUrl` go to `localUrl`. */
  reach(publicUrl: string, localUrl: string): void;
  addNumber(number?: Partial<FakeNumber>): FakeNumber;
  addTemplate(template: Partial<FakeTemplate> & { name: string }): FakeTemplate;
  /** Meta decides on a template: it changes and the webhook is queued. */
  decide(template: FakeTemplate, event: string, more?: Record<string, unknown>): void;
  customer(card: CustomerCard, number?: string): FakeCustomer;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Meta's Graph API for WhatsApp on loopback: checks what Meta checks, fails on command, and sends webhooks. */
export async function startFakeGraph(options: FakeGraphOptions = {}): Promise<FakeGraph> {
  const { version = "v25.0", closedWindow = "answer", now = Date.now } = options;
  const world = createWorld({ token: GRAPH_SECRETS.token, now });
  const commands = createCommands();
  const webhooks = createWebhooks(GRAPH_SECRETS.appSecret);
  const pace = createPace(options.pace ?? null, now);
  const sends: Record<string, unknown>[] = [];
  const calls: string[] = [];
  let plan: StatusPlan = STATUS_PLANS.usual;

  const server = await serveRaw(async (request) => {
    const url = new URL(request.url);
    calls.push(`${request.method} ${url.pathname}`);
    try {
      return await route({ world, request, url, parts: url.pathname.split("/").slice(2) });
    } catch (thrown) {
      if (thrown instanceof GraphRefusal) return errorAnswer(thrown.error);
      throw thrown;
    }
  });
  const baseUrl = `http://127.0.0.1:${server.port}`;

  async function route(asked: Asked): Promise<RawAnswer> {
    const { request, url, parts } = asked;
    if (url.pathname.startsWith("/media/")) return serveMedia(asked);
    if (!url.pathname.startsWith(`/${version}/`)) refuse(2500, `Unknown path: ${url.pathname}`);
    const [id = "", edge] = parts;
    const expected = edge === "subscriptions" ? `${world.appId}|${GRAPH_SECRETS.appSecret}` : world.token;
    if (request.headers.get("authorization") !== `Bearer ${expected}`) {
      const given = request.headers.get("authorization")?.slice("Bearer ".length) ?? "";
      return errorAnswer({ code: 190, message: `Malformed access token ${given}` });
    }
    if (id === "debug_token") return debugToken(asked);
    if (edge === "subscriptions") return await appSubscriptions(asked);
    if (edge === "message_templates") return await templates(asked);
    if (edge === "subscribed_apps") return subscribedApps(asked);
    if (edge === "messages" || edge === "media") {
      const number = world.numbers.get(id);
      if (number === undefined) return noObject(id);
      return edge === "media" ? await uploadMedia(asked) : await message(asked, number);
    }
    if (world.media.has(id)) return mediaAnswer(asked);
    return request.method === "POST" ? await editTemplate(asked) : numberAnswer(asked);
  }

  async function message({ request }: Asked, number: FakeNumber): Promise<RawAnswer> {
    if (!(request.headers.get("content-type") ?? "").startsWith("application/json")) refuse(100, "Send JSON");
    const body = await request.json();
    if (body.status !== undefined) return markRead(body);
    const checked = checkMessage(world, number.phoneNumberId, body);
    const free = checked.type !== "template" && !windowOpen(world, number.phoneNumberId, checked.to);
    if (free && closedWindow === "answer") refuse(131047, "More than 24 hours have passed");
    pace.check(number.phoneNumberId, checked.to);
    sends.push(body);
    const command = commands.take(checked.to);
    const taken: Received = {
      ...checked,
      wamid: newWamid(world),
      phoneNumberId: number.phoneNumberId,
      body,
      lost: command.do !== "ok" && command.do !== "slow",
    };
    if (accepts(command)) accept(taken, { number, closed: free });
    if (command.do === "slow") await new Promise((resolve) => setTimeout(resolve, command.ms));
    const success = successOf(taken, command);
    return spoiled(command, success) ?? Response.json(success);
  }

  function accept(message: Received, { number, closed }: { number: FakeNumber; closed: boolean }): void {
    const steps = closed ? [{ status: "failed", code: 131047 } as const] : plan(message);
    if (!steps.some(({ status }) => status === "failed")) world.received.push(message);
    webhooks.push(...steps.map((step) => statusChange(world, { message, number, step })));
  }

  function markRead(body: Record<string, unknown>): Response {
    if (body["status"] !== "read" || typeof body["message_id"] !== "string") {
      refuse(100, "status and message_id");
    }
    world.read.push({
      messageId: String(body["message_id"]),
      typing: body["typing_indicator"] !== undefined,
    });
    return Response.json({ success: true });
  }

  function addNumber(number: Partial<FakeNumber> = {}): FakeNumber {
    const made = {
      phoneNumberId: world.nextId("1065"),
      businessAccountId: FIRST_ACCOUNT,
      displayPhoneNumber: `52155${world.nextId("")}`,
      quality: "GREEN",
      status: "CONNECTED",
      ...number,
    };
    world.numbers.set(made.phoneNumberId, made);
    return made;
  }

  const first = addNumber({ phoneNumberId: FIRST_NUMBER, displayPhoneNumber: "15550783881" });

  return {
    baseUrl,
    env: {
      WHATSAPP_APP_SECRET: GRAPH_SECRETS.appSecret,
      WHATSAPP_VERIFY_TOKEN: GRAPH_SECRETS.verifyToken,
      WHATSAPP_ACCESS_TOKEN: GRAPH_SECRETS.token,
      WHATSAPP_PHONE_NUMBER_ID: FIRST_NUMBER,
      WHATSAPP_BUSINESS_ACCOUNT_ID: FIRST_ACCOUNT,
      WHATSAPP_GRAPH_URL: baseUrl,
      WHATSAPP_GRAPH_VERSION: version,
    },
    account: {
      phoneNumberId: FIRST_NUMBER,
      businessAccountId: FIRST_ACCOUNT,
      accessToken: GRAPH_SECRETS.token,
    },
    world,
    ledger: createLedger(world),
    webhooks,
    sends,
    calls,
    next: commands.next,
    forRecipient: commands.forRecipient,
    always: commands.always,
    connections: server.connections,
    statuses: (next) => void (plan = next),
    reach: (publicUrl, localUrl) => void world.routes.set(publicUrl, localUrl),
    addNumber,
    addTemplate: (template) => addTemplate(world, { businessAccountId: FIRST_ACCOUNT, ...template }),
    decide(template, event, more = {}) {
      template.status = event === "REINSTATED" ? "APPROVED" : event;
      webhooks.push(templateChange(world, { template, event, more }));
    },
    customer: (card, phoneNumberId = first.phoneNumberId) =>
      createCustomer({ world, webhooks, card, number: world.numbers.get(phoneNumberId) ?? first }),
    async [Symbol.asyncDispose]() {
      await webhooks.close();
      await server.close();
    },
  };
}

function successOf({ to, wamid }: Received, command: GraphCommand) {
  const status = command.do === "ok" && command.status !== undefined
    ? { message_status: command.status }
    : {};
  return {
    messaging_product: "whatsapp",
    contacts: [/^\d+$/.test(to) ? { input: to, wa_id: to } : { input: to, user_id: to }],
    messages: [{ id: wamid, ...status }],
  };
}

interface CustomerParts {
  readonly world: World;
  readonly webhooks: Webhooks;
  readonly card: CustomerCard;
  readonly number: FakeNumber;
}

function createCustomer({ world, webhooks, card, number }: CustomerParts): FakeCustomer {
  const sends = (type: string, options: InboundOptions = {}) => {
    const message = inboundMessage(world, { from: card, type, options });
    for (const id of [card.phone, card.userId]) {
      if (id !== undefined) world.windows.set(`${number.phoneNumberId}|${id}`, world.now());
    }
    webhooks.push({
      businessAccountId: number.businessAccountId,
      field: "messages",
      time: Math.floor(world.now() / 1000),
      value: {
        messaging_product: "whatsapp",
        metadata: { display_phone_number: number.displayPhoneNumber, phone_number_id: number.phoneNumberId },
        contacts: [contactCard(card)],
        messages: [message],
      },
    });
    return message.id;
  };
  return { card, sends, says: (text, options) => sends("text", { ...options, part: { body: text } }) };
}

function templateChange(
  world: World,
  { template, event, more }: { template: FakeTemplate; event: string; more: Record<string, unknown> },
) {
  return {
    businessAccountId: template.businessAccountId,
    field: "message_template_status_update",
    time: Math.floor(world.now() / 1000),
    value: {
      event,
      message_template_id: Number(template.id),
      message_template_name: template.name,
      message_template_language: template.language,
      message_template_category: template.category,
      reason: "NONE",
      ...more,
    },
  };
}
