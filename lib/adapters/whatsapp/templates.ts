import { z } from "zod";
import type { WhatsAppTemplates } from "../../ports/whatsapp.ts";
import { businessOf, successSchema } from "./account.ts";
import type { GraphCall } from "./call.ts";

const component = z.looseObject({ type: z.string() });
const templateSchema = z.object({
  id: z.string(),
  name: z.string(),
  language: z.string(),
  category: z.string().default("UTILITY"),
  status: z.string(),
  rejected_reason: z.string().nullish(),
  quality_score: z.object({ score: z.string().nullish() }).nullish().catch(null),
  components: z.array(component).default([]),
});
const pageSchema = z.object({
  data: z.array(templateSchema),
  paging: z.object({
    cursors: z.object({ after: z.string().optional() }).optional(),
    next: z.string().optional(),
  }).optional(),
});
const createdSchema = z.object({
  id: z.coerce.string(),
  status: z.string().default("PENDING"),
  category: z.string().default("UTILITY"),
});

export function createTemplates(call: GraphCall): WhatsAppTemplates {
  return {
    async list(account, { after, limit = 100, signal } = {}) {
      const { data, paging } = await call(account, {
        method: "GET",
        path: `${businessOf(account)}/message_templates`,
        query: { fields: Object.keys(templateSchema.shape).join(","), limit: String(limit), after },
        answer: pageSchema,
        signal,
      });
      return {
        data: data.map(({ rejected_reason, quality_score, ...template }) => ({
          ...template,
          rejectedReason: !rejected_reason || rejected_reason === "NONE" ? null : rejected_reason,
          quality: quality_score?.score ?? null,
        })),
        next: paging?.next === undefined ? null : paging.cursors?.after ?? null,
      };
    },
    async create(account, draft, { signal } = {}) {
      const path = `${businessOf(account)}/message_templates`;
      return await call(account, { method: "POST", path, body: { ...draft }, answer: createdSchema, signal });
    },
    async edit(account, { id, components, category }, { signal } = {}) {
      const body = { components, ...(category === undefined ? {} : { category }) };
      const path = encodeURIComponent(id);
      await call(account, { method: "POST", path, body, answer: successSchema, signal });
    },
    async delete(account, { name, id }, { signal } = {}) {
      await call(account, {
        method: "DELETE",
        path: `${businessOf(account)}/message_templates`,
        query: { name, hsm_id: id },
        answer: successSchema,
        signal,
      });
    },
  };
}
