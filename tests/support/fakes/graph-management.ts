import { errorAnswer, refuse } from "./graph-errors.ts";
import { addMedia, addTemplate, sha256, type World } from "./graph-world.ts";

type Json = Record<string, unknown>;

export interface Asked {
  readonly world: World;
  readonly request: Request;
  readonly url: URL;
  /** Path below the version, in parts. */
  readonly parts: readonly string[];
}

const LIMITS: Readonly<Record<string, number>> = {
  "image/jpeg": 5,
  "image/png": 5,
  "image/webp": 0.5,
  "audio/aac": 16,
  "audio/amr": 16,
  "audio/mpeg": 16,
  "audio/mp4": 16,
  "audio/ogg": 16,
  "video/mp4": 16,
  "video/3gpp": 16,
};

export async function uploadMedia({ world, request }: Asked): Promise<Response> {
  const form = await request.formData();
  if (form.get("messaging_product") !== "whatsapp") refuse(100, "messaging_product is missing");
  const file = form.get("file");
  if (!(file instanceof File)) return refuse(100, "file is missing");
  const type = String(form.get("type") ?? "").split(";")[0] ?? "";
  if ((file.type.split(";")[0] ?? "") !== type) refuse(100, `type ${type} is not the file's ${file.type}`);
  const allowed = LIMITS[type] ?? (/^(application|text)\//.test(type) ? 100 : undefined);
  if (allowed === undefined) return refuse(131053, `Media type ${type} is not supported`);
  if (file.size > allowed * 1024 * 1024) refuse(131053, `File is larger than ${allowed} MB`);
  const { id } = addMedia(world, { bytes: new Uint8Array(await file.arrayBuffer()), mimeType: type });
  return Response.json({ id });
}

export function mediaAnswer({ world, url, parts }: Asked): Response {
  const found = world.media.get(parts[0] ?? "");
  if (found === undefined || found.gone) return noObject(parts[0] ?? "");
  return Response.json({
    messaging_product: "whatsapp",
    url: `${url.origin}/media/${found.id}?ext=${world.now()}`,
    mime_type: found.mimeType,
    sha256: found.sha256,
    file_size: found.size,
    id: found.id,
  });
}

/** The address of a file: token needed, 404 once it is gone. */
export function serveMedia({ world, request, url }: Asked): Response {
  if (request.headers.get("authorization") !== `Bearer ${world.token}`) {
    return new Response("", { status: 401 });
  }
  if (!request.headers.get("user-agent")) return new Response("", { status: 403 });
  const found = world.media.get(url.pathname.split("/")[2] ?? "");
  if (found === undefined || found.gone) return new Response("URL signature expired", { status: 404 });
  if (found.serves !== undefined) return found.serves();
  return new Response(found.bytes, { headers: { "content-type": found.mimeType } });
}

/** A file of any size that is made while it is sent. */
export function endless(size: number, { told = true }: { told?: boolean } = {}): () => Response {
  return () => {
    let left = size;
    const body = new ReadableStream({
      pull(controller) {
        const chunk = new Uint8Array(Math.min(left, 65_536));
        left -= chunk.byteLength;
        controller.enqueue(chunk);
        if (left === 0) controller.close();
      },
    });
    const headers = { "content-type": "video/mp4", ...(told ? { "content-length": String(size) } : {}) };
    return new Response(body, { headers });
  };
}

export const hashOf = sha256;

export function noObject(id: string): Response {
  return errorAnswer({
    code: 100,
    subcode: 33,
    message:
      `Unsupported request. Object with ID '${id}' does not exist, cannot be loaded due to missing permissions`,
  });
}

export function numberAnswer({ world, url, parts }: Asked): Response {
  const found = world.numbers.get(parts[0] ?? "");
  if (found === undefined) return noObject(parts[0] ?? "");
  const all: Json = {
    verified_name: "Clínica Sol",
    display_phone_number: found.displayPhoneNumber,
    quality_rating: found.quality,
    status: found.status,
    name_status: "APPROVED",
    code_verification_status: "VERIFIED",
    messaging_limit_tier: "TIER_1K",
    account_mode: "LIVE",
    throughput: { level: "STANDARD" },
  };
  const fields = (url.searchParams.get("fields") ?? "display_phone_number").split(",");
  const picked = Object.fromEntries(fields.filter((name) => name in all).map((name) => [name, all[name]]));
  return Response.json({ ...picked, id: found.phoneNumberId });
}

export function subscribedApps({ world, request, parts }: Asked): Response {
  const account = parts[0] ?? "";
  if (request.method === "POST") {
    world.subscribed.set(account, true);
    return Response.json({ success: true });
  }
  const app = {
    whatsapp_business_api_data: { id: world.appId, name: "Cauce", link: "https://example.com/" },
  };
  return Response.json({ data: world.subscribed.get(account) === false ? [] : [app] });
}

/** Where webhooks go. A new address must answer the challenge first. */
export async function appSubscriptions({ world, request }: Asked): Promise<Response> {
  if (request.method === "POST") {
    const body = await request.json() as Json;
    const callbackUrl = String(body["callback_url"]);
    const challenge = world.nextId("1158");
    const query = new URLSearchParams({
      "hub.mode": "subscribe",
      "hub.challenge": challenge,
      "hub.verify_token": String(body["verify_token"]),
    });
    const [name, local] = [...world.routes].find(([from]) => callbackUrl.startsWith(from)) ?? ["", ""];
    const reached = `${local}${callbackUrl.slice(name.length)}`;
    const said = await fetch(`${reached}?${query}`).then((answer) => answer.text(), () => "");
    if (said !== challenge) refuse(2200, "The URL couldn't be validated: the challenge was not answered");
    world.webhook = { callbackUrl, fields: String(body["fields"]).split(",") };
    return Response.json({ success: true });
  }
  if (world.webhook === null) return Response.json({ data: [] });
  const { callbackUrl, fields } = world.webhook;
  const one = {
    object: "whatsapp_business_account",
    callback_url: callbackUrl,
    active: true,
    fields: fields.map((name) => ({ name, version: "v25.0" })),
  };
  return Response.json({ data: [one] });
}

export function debugToken({ world, url }: Asked): Response {
  const { valid, expiresAt, scopes } = world.tokenInfo;
  if (url.searchParams.get("input_token") !== world.token) refuse(190, "input_token is not known");
  return Response.json({
    data: {
      app_id: world.appId,
      type: "SYSTEM_USER",
      application: "Cauce",
      is_valid: valid,
      expires_at: Math.floor(expiresAt / 1000),
      data_access_expires_at: 0,
      scopes,
      ...(valid ? {} : { error: { code: 190, message: "Error validating access token: it has expired" } }),
    },
  });
}

export async function templates(asked: Asked): Promise<Response> {
  const { world, request, url, parts } = asked;
  const account = parts[0] ?? "";
  if (request.method === "GET") return listTemplates(asked);
  if (request.method === "DELETE") {
    const [name, id] = [url.searchParams.get("name"), url.searchParams.get("hsm_id")];
    const gone = [...world.templates.values()].filter((one) =>
      one.businessAccountId === account && one.name === name && (id === null || one.id === id)
    );
    if (gone.length === 0) refuse(100, `No template is called ${name}`, { subcode: 2593002 });
    for (const one of gone) world.templates.delete(one.id);
    return Response.json({ success: true });
  }
  const draft = await request.json() as Json;
  const { name, language, category, components } = draft;
  if (typeof name !== "string" || !/^[a-z0-9_]{1,512}$/.test(name)) return refuse(100, "name is not valid");
  if (typeof language !== "string") return refuse(100, "language is missing");
  if (!["MARKETING", "UTILITY", "AUTHENTICATION"].includes(String(category))) {
    refuse(100, "category is not valid");
  }
  if (!Array.isArray(components) || !components.some(({ type }) => type === "BODY")) {
    return refuse(100, "components need a BODY");
  }
  const twin = [...world.templates.values()].some((one) =>
    one.name === name && one.language === language && one.businessAccountId === account
  );
  if (twin) refuse(100, "Content in this language already exists", { subcode: 2388024 });
  const made = addTemplate(world, {
    name,
    language,
    businessAccountId: account,
    category: String(category),
    status: "PENDING",
    components,
  });
  return Response.json({ id: made.id, status: made.status, category: made.category });
}

function listTemplates({ world, url, parts }: Asked): Response {
  const own = [...world.templates.values()].filter(({ businessAccountId }) => businessAccountId === parts[0]);
  const limit = Number(url.searchParams.get("limit") ?? 25);
  const from = Number(url.searchParams.get("after") ?? 0);
  const page = own.slice(from, from + limit).map((one) => ({
    id: one.id,
    name: one.name,
    language: one.language,
    category: one.category,
    status: one.status,
    rejected_reason: one.rejectedReason ?? "NONE",
    quality_score: { score: "UNKNOWN" },
    components: one.components,
  }));
  const end = from + page.length;
  const cursors = { before: String(from), after: String(end) };
  return Response.json({
    data: page,
    paging: end < own.length ? { cursors, next: `${url.origin}${url.pathname}?after=${end}` } : { cursors },
  });
}

export async function editTemplate({ world, request, parts }: Asked): Promise<Response> {
  const found = world.templates.get(parts[0] ?? "");
  if (found === undefined) return noObject(parts[0] ?? "");
  if (!["APPROVED", "REJECTED", "PAUSED"].includes(found.status)) {
    refuse(100, `A template that is ${found.status} can't be edited`, { subcode: 2593002 });
  }
  const { components, category } = await request.json() as Json;
  if (Array.isArray(components)) found.components = components;
  if (typeof category === "string") found.category = category;
  found.status = "PENDING";
  return Response.json({ success: true });
}
