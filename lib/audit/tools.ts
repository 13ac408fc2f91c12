import { z } from "zod";
import type { Ctx } from "../context.ts";
import { defineTool, type Tool } from "../kernel/define-tool.ts";
import { list, page, rows } from "../kernel/tool-shapes.ts";
import { listAudit } from "./list.ts";
import { auditView } from "./present.ts";

/** What an agent or a person at the command line can do with the audit log. */
export const auditTools: readonly Tool<Ctx>[] = [
  defineTool({
    name: "audit.list",
    summary: "Who did what, newest first",
    scope: "audit:read",
    destructive: false,
    input: page.extend({ action: z.string().optional(), subject_id: z.string().optional() }),
    output: list,
    run: async (ctx: Ctx, { subject_id: subjectId, ...query }) => {
      const { data, next_cursor } = await listAudit(ctx, { ...query, subjectId });
      return rows({ data: data.map(auditView), next_cursor });
    },
  }),
];
