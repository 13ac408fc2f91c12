import { audit } from "../audit/mod.ts";
import type { Ctx, Tx } from "../context.ts";
import { emit } from "../events/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { iso, SECOND } from "../kernel/clock.ts";
import { invalid, notConfigured, notFound } from "../kernel/errors.ts";
import { decodeCursor, type Page, type PageRequest, toPage } from "../kernel/page.ts";
import type { RemoteTemplate, WhatsAppAccount } from "../ports/whatsapp.ts";
import { numbers } from "./numbers.ts";
import {
  deleteTemplateRow,
  deleteTemplatesBut,
  selectTemplate,
  selectTemplates,
  type TemplateFields,
  type TemplateRow,
  upsertTemplate,
} from "./store-templates.ts";
import {
  type NewTemplate,
  newTemplate,
  type TemplateChange,
  templateChange,
  type templateQuery,
} from "./template-schema.ts";
import type { z } from "zod";

export {
  selectTemplateByName as findTemplate,
  type TemplateName,
  type TemplateRow,
} from "./store-templates.ts";

/** Meta pages by up to some hundred; the cap ends a listing that never ends. */
const PAGE = 100;
const MAX_PAGES = 100;

export interface TemplateList extends PageRequest, z.output<typeof templateQuery> {}

/** The templates of the workspace as Meta last told of them (webhooks keep them fresh; `syncTemplates` asks). */
export async function listTemplates(ctx: Ctx, query: TemplateList): Promise<Page<TemplateRow>> {
  requireScope(ctx, "channels:read");
  const { limit, cursor, channel_account_id, status, name } = query;
  const account = channel_account_id === undefined ? undefined : await accountOf(ctx, channel_account_id);
  const after = cursor === undefined ? null : String(decodeCursor(cursor, 1)[0]);
  const businessAccountId = account?.businessAccountId;
  const filter = { businessAccountId, name, status: status?.toUpperCase() };
  const rows = await selectTemplates(ctx, { after, limit: limit + 1, ...filter });
  return toPage(rows, { limit, keysOf: (row) => [row.id], toDto: (row) => row });
}

/** Asks Meta for all templates and makes the rows like them. Throws what the port throws. */
export async function syncTemplates(
  ctx: Ctx,
  { channel_account_id }: { channel_account_id?: string | undefined } = {},
): Promise<{ found: number; removed: number }> {
  requireScope(ctx, "channels:write");
  const account = await accountOf(ctx, channel_account_id);
  const { businessAccountId } = account;
  const asked = ctx.now();
  const remote = await allOf(ctx, account);
  return await ctx.transact(async (tx) => {
    for (const template of remote) {
      await upsertTemplate(tx, fieldsOf(template, { businessAccountId, at: asked }));
    }
    const keep = remote.map(({ id }) => id);
    const removed = await deleteTemplatesBut(tx, { businessAccountId, keep, before: asked });
    const data = { found: remote.length, removed };
    await emit(tx, { type: "whatsapp.templates_synced", subjectId: businessAccountId, data });
    return data;
  });
}

/** Hands a template in for Meta's review: PENDING until a webhook says otherwise. Throws 422. */
export async function createTemplate(ctx: Ctx, input: NewTemplate): Promise<TemplateRow> {
  requireScope(ctx, "channels:write");
  const { channel_account_id, ...draft } = newTemplate.parse(input);
  const account = await accountOf(ctx, channel_account_id);
  const made = await ctx.ports.whatsapp.templates.create(account, draft, signalOf(ctx));
  const template = { ...draft, ...made, rejectedReason: null, quality: null };
  const { businessAccountId } = account;
  return await ctx.transact(async (tx) => {
    const row = await upsertTemplate(tx, fieldsOf(template, { businessAccountId, at: tx.now() }));
    const data = { name: row.name, language: row.language, category: row.category };
    await emit(tx, { type: "whatsapp.template_created", subjectId: row.id, data });
    await audit(tx, { action: "template.create", subjectId: row.id, detail: data });
    return row;
  });
}

/** Replaces the parts (and the category) of a template; it is reviewed again. Throws 404, 422. */
export async function editTemplate(ctx: Ctx, input: TemplateChange): Promise<TemplateRow> {
  requireScope(ctx, "channels:write");
  const { id, components, category } = templateChange.parse(input);
  const known = await load(ctx, id);
  const account = await accountOfBusiness(ctx, known.businessAccountId);
  const change = { id: known.remoteId, components, ...(category === undefined ? {} : { category }) };
  await ctx.ports.whatsapp.templates.edit(account, change, signalOf(ctx));
  return await ctx.transact(async (tx) => {
    const { id: _id, workspaceId: _workspace, createdAt: _created, updatedAt: _updated, ...fields } = known;
    const row = await upsertTemplate(tx, {
      ...fields,
      components,
      category: category ?? known.category,
      status: "PENDING",
      reason: null,
      statusAt: wholeSecond(tx.now()),
    });
    const data = { name: row.name, language: row.language, category: row.category };
    await emit(tx, { type: "whatsapp.template_edited", subjectId: row.id, data });
    await audit(tx, { action: "template.edit", subjectId: row.id, detail: data });
    return row;
  });
}

/** Deletes one language of a template, at Meta and here. Throws 404. */
export async function deleteTemplate(ctx: Ctx, id: string): Promise<void> {
  requireScope(ctx, "channels:write");
  const { name, remoteId, language, businessAccountId } = await load(ctx, id);
  const account = await accountOfBusiness(ctx, businessAccountId);
  await ctx.ports.whatsapp.templates.delete(account, { name, id: remoteId }, signalOf(ctx));
  await ctx.transact(async (tx) => {
    await deleteTemplateRow(tx, id);
    const data = { name, language };
    await emit(tx, { type: "whatsapp.template_deleted", subjectId: id, data });
    await audit(tx, { action: "template.delete", subjectId: id, detail: data });
  });
}

export function toTemplateDto(row: TemplateRow) {
  const { id, name, language, category, status, reason, quality, components } = row;
  return {
    id,
    business_account_id: row.businessAccountId,
    remote_id: row.remoteId,
    name,
    language,
    category,
    status,
    reason,
    quality,
    components,
    created_at: iso(row.createdAt),
    updated_at: iso(row.updatedAt),
  };
}

/** Webhooks tell time in whole seconds, so it is kept so: else news of the same second would look old. */
export function wholeSecond(ms: number): number {
  return ms - ms % SECOND;
}

type BusinessAccount = WhatsAppAccount & { readonly businessAccountId: string };

/** The business account of a number, or of the workspace while it has one only. */
async function accountOf(ctx: Ctx, channelAccountId: string | undefined): Promise<BusinessAccount> {
  const all = await accounts(ctx);
  const chosen = channelAccountId === undefined
    ? all
    : all.filter(({ accountId }) => accountId === channelAccountId);
  const [first] = chosen;
  if (first === undefined) {
    if (channelAccountId !== undefined) throw notFound("WhatsApp channel account", channelAccountId);
    throw notConfigured("WhatsApp", ["WHATSAPP_ACCESS_TOKEN", "WHATSAPP_BUSINESS_ACCOUNT_ID"]);
  }
  const several = new Set(chosen.map(({ call }) => call.businessAccountId)).size > 1;
  if (several) {
    throw invalid("channel_account_id", "say which: the workspace has several WhatsApp Business Accounts");
  }
  return first.call;
}

async function accountOfBusiness(ctx: Ctx, businessAccountId: string): Promise<BusinessAccount> {
  const found = (await accounts(ctx)).find(({ call }) => call.businessAccountId === businessAccountId);
  if (found === undefined) {
    throw notFound("channel account of the WhatsApp Business Account", businessAccountId);
  }
  return found.call;
}

async function accounts(ctx: Ctx): Promise<{ accountId: string; call: BusinessAccount }[]> {
  const { byAccount } = await numbers(ctx, { maxAgeMs: 0 });
  return [...byAccount.values()].flatMap(({ accountId, workspaceId, call }) => {
    const { businessAccountId } = call;
    if (workspaceId !== ctx.workspaceId || businessAccountId === null) return [];
    return [{ accountId, call: { ...call, businessAccountId } }];
  });
}

async function allOf(ctx: Ctx, account: WhatsAppAccount): Promise<RemoteTemplate[]> {
  const all: RemoteTemplate[] = [];
  let after: string | null = null;
  for (let page = 0; page < MAX_PAGES; page++) {
    const found: { data: readonly RemoteTemplate[]; next: string | null } = await ctx.ports.whatsapp.templates
      .list(account, { limit: PAGE, ...(after === null ? {} : { after }), ...signalOf(ctx) });
    all.push(...found.data);
    after = found.next;
    if (after === null) break;
  }
  return all;
}

function fieldsOf(
  template: RemoteTemplate,
  { businessAccountId, at }: { businessAccountId: string; at: number },
): TemplateFields {
  const { id: remoteId, name, language, category, status, rejectedReason, quality } = template;
  return {
    businessAccountId,
    remoteId,
    name,
    language,
    category,
    status,
    reason: rejectedReason,
    quality,
    components: template.components.map((component) => ({ ...component })),
    statusAt: wholeSecond(at),
  };
}

async function load(at: Ctx | Tx, id: string): Promise<TemplateRow> {
  const row = await selectTemplate(at, id);
  if (row === null) throw notFound("template", id);
  return row;
}

function signalOf({ signal }: Ctx) {
  return signal === null ? {} : { signal };
}
