import { refuse } from "./graph-errors.ts";
import { DAY_MS, type FakeTemplate, type World } from "./graph-world.ts";

type Json = Record<string, unknown>;

export interface CheckedMessage {
  readonly to: string;
  readonly type: string;
  readonly text: string;
  readonly callbackData: string | null;
}

const missing = (name: string): never => refuse(131008, `Parameter "${name}" is missing`);
const bad = (name: string, why: string): never => refuse(131009, `Parameter "${name}": ${why}`);

function object(value: unknown, name: string): Json {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return missing(name);
  return value as Json;
}

function text(value: unknown, name: string, max: number): string {
  if (value === undefined) return missing(name);
  if (typeof value !== "string" || value.length === 0) return bad(name, "must be a text");
  if (value.length > max) return bad(name, `must be at most ${max} characters`);
  return value;
}

const optional = (value: unknown, name: string, max: number) =>
  value === undefined ? "" : text(value, name, max);

function list(value: unknown, name: string, max: number): Json[] {
  if (!Array.isArray(value) || value.length === 0) return missing(name);
  if (value.length > max) return bad(name, `at most ${max}`);
  return value.map((item, i) => object(item, `${name}[${i}]`));
}

/** What Meta looks at before it takes a message. Throws GraphRefusal. */
export function checkMessage(world: World, phoneNumberId: string, body: Json): CheckedMessage {
  if (body["messaging_product"] !== "whatsapp") refuse(100, "messaging_product must be whatsapp");
  const to = recipient(body);
  const type = String(body["type"] ?? "text");
  const check = TYPES[type];
  if (check === undefined) return refuse(131051, `Message type ${type} is not supported`);
  const said = check({ world, phoneNumberId, part: object(body[type], type), type });
  if (body["context"] !== undefined) {
    text(object(body["context"], "context")["message_id"], "context.message_id", 256);
  }
  const callback = body["biz_opaque_callback_data"];
  if (callback !== undefined) text(callback, "biz_opaque_callback_data", 512);
  return { to, type, text: said, callbackData: typeof callback === "string" ? callback : null };
}

/** The free-form window, kept apart because Meta may also tell of it by a status. */
export function windowOpen(world: World, phoneNumberId: string, to: string): boolean {
  const last = world.windows.get(`${phoneNumberId}|${to}`);
  return !world.windowed || (last !== undefined && world.now() - last < DAY_MS);
}

function recipient(body: Json): string {
  const { to, recipient } = body;
  if (to !== undefined) {
    if (typeof to !== "string" || !/^[1-9]\d{6,14}$/.test(to)) refuse(100, "Invalid recipient: to");
    return String(to);
  }
  if (recipient === undefined) return missing("to");
  if (typeof recipient !== "string" || !/^[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}$/.test(recipient)) {
    refuse(100, "Invalid recipient: recipient");
  }
  return String(recipient);
}

interface Part {
  readonly world: World;
  readonly phoneNumberId: string;
  readonly part: Json;
  readonly type: string;
}

function checkMedia({ world, part, type }: Part): string {
  const { id, link } = part;
  if ((id === undefined) === (link === undefined)) refuse(100, `${type}: give either id or link`);
  if (id !== undefined && !world.media.has(String(id))) {
    refuse(100, `${type}: Media ID ${id} does not exist`, { subcode: 2494010 });
  }
  if (link !== undefined && !/^https?:\/\//.test(String(link))) bad(`${type}.link`, "must be an address");
  if (part["caption"] !== undefined && !["image", "video", "document"].includes(type)) {
    bad(`${type}.caption`, "is not allowed");
  }
  return optional(part["caption"], `${type}.caption`, 1024);
}

const TYPES: Readonly<Record<string, (part: Part) => string>> = {
  text: ({ part }) => text(part["body"], "text.body", 4096),
  image: checkMedia,
  audio: checkMedia,
  video: checkMedia,
  document: checkMedia,
  sticker: checkMedia,
  location({ part }) {
    for (const name of ["latitude", "longitude"]) if (typeof part[name] !== "number") missing(name);
    return String(part["name"] ?? `${part["latitude"]},${part["longitude"]}`);
  },
  reaction({ part }) {
    text(part["message_id"], "reaction.message_id", 256);
    if (typeof part["emoji"] !== "string") missing("reaction.emoji");
    return String(part["emoji"]);
  },
  interactive({ part }) {
    const body = text(object(part["body"], "interactive.body")["text"], "interactive.body.text", 1024);
    if (part["header"] !== undefined) text(object(part["header"], "header")["text"], "header.text", 60);
    if (part["footer"] !== undefined) text(object(part["footer"], "footer")["text"], "footer.text", 60);
    const action = object(part["action"], "interactive.action");
    if (part["type"] === "button") checkButtons(action);
    else if (part["type"] === "list") checkList(action);
    else bad("interactive.type", "is not known");
    return body;
  },
  template: checkTemplate,
};

function checkButtons(action: Json): void {
  const replies = list(action["buttons"], "action.buttons", 3).map((button) => {
    if (button["type"] !== "reply") bad("button.type", "must be reply");
    return object(button["reply"], "button.reply");
  });
  for (const reply of replies) {
    text(reply["id"], "reply.id", 256);
    text(reply["title"], "reply.title", 20);
  }
  if (new Set(replies.map(({ title }) => title)).size < replies.length) bad("reply.title", "must differ");
}

function checkList(action: Json): void {
  text(action["button"], "action.button", 20);
  const sections = list(action["sections"], "action.sections", 10);
  let rows = 0;
  for (const section of sections) {
    if (sections.length > 1) text(section["title"], "section.title", 24);
    for (const row of list(section["rows"], "section.rows", 10)) {
      rows++;
      text(row["id"], "row.id", 200);
      text(row["title"], "row.title", 24);
      optional(row["description"], "row.description", 72);
    }
  }
  if (rows > 10) bad("action.sections", "Total row count exceeds 10");
}

function checkTemplate({ world, phoneNumberId, part }: Part): string {
  const name = text(part["name"], "template.name", 512);
  const code = text(object(part["language"], "template.language")["code"], "template.language.code", 16);
  const account = world.numbers.get(phoneNumberId)?.businessAccountId;
  const found = [...world.templates.values()].find((one) =>
    one.name === name && one.language === code && one.businessAccountId === account
  );
  if (found === undefined) return refuse(132001, `template name (${name}) does not exist in ${code}`);
  if (found.status === "PAUSED") refuse(132015, `${name} is paused`);
  if (found.status === "DISABLED") refuse(132016, `${name} is disabled`);
  if (found.status !== "APPROVED") refuse(132001, `${name} is not approved (${found.status})`);
  const given = Array.isArray(part["components"]) ? part["components"] as Json[] : [];
  for (const type of ["HEADER", "BODY"]) {
    const sent = given.find((component) => component["type"] === type.toLowerCase());
    const parameters = Array.isArray(sent?.["parameters"]) ? sent["parameters"] as Json[] : [];
    const wanted = wantedParameters(found, type);
    if (parameters.length !== wanted) {
      refuse(
        132000,
        `${type.toLowerCase()}: number of localizable_params (${parameters.length}) does not match ` +
          `the expected number of params (${wanted})`,
      );
    }
  }
  const values = given.filter(({ type }) => type === "body").flatMap(({ parameters }) =>
    (parameters as Json[]).map((parameter) => String(parameter["text"]))
  );
  return [name, ...values].join(" ");
}

/** A media header takes its file as its one parameter. */
function wantedParameters({ components }: FakeTemplate, type: string): number {
  const component = components.find((one) => one["type"] === type);
  if (component === undefined) return 0;
  if (type === "HEADER" && component["format"] !== undefined && component["format"] !== "TEXT") return 1;
  return new Set(String(component["text"] ?? "").match(/\{\{\s*\w+\s*\}\}/g) ?? []).size;
}
