import { z } from "zod";
import { selectAccount } from "../conversations/mod.ts";
import type { Ctx } from "../context.ts";
import { AppError } from "../kernel/errors.ts";
import type { OutgoingContent } from "../ports/whatsapp-content.ts";
import { selectTemplateByName, type TemplateRow } from "./store-templates.ts";
import { templateVariables } from "./template-schema.ts";

type TemplateContent = Extract<OutgoingContent, { type: "template" }>;

const accountSettings = z.object({ business_account_id: z.string() });

/**
 * Throws 409 with the reason when a template is known not to go out: Meta has not approved it, or it takes another
 * number of parameters. One that is not known here is left to Meta, which may know it.
 */
export async function requireTemplate(
  at: Ctx,
  { accountId, content }: { accountId: string; content: TemplateContent },
): Promise<void> {
  const account = await selectAccount(at, accountId);
  const settings = accountSettings.safeParse(account?.settings);
  if (!settings.success) return;
  const { name, language } = content;
  const which = { businessAccountId: settings.data.business_account_id, name, language };
  const row = await selectTemplateByName(at, which);
  const problem = row === null ? null : problemOf(row, content);
  if (problem === null) return;
  throw new AppError("conflict", `The template ${name} (${language}) ${problem.detail}`, {
    extra: { reason: problem.reason },
  });
}

function problemOf(row: TemplateRow, content: TemplateContent): { reason: string; detail: string } | null {
  if (row.status !== "APPROVED") {
    const why = row.reason === null ? "" : ` (${row.reason})`;
    return { reason: "template_not_approved", detail: `is ${row.status}${why}: only approved ones are sent` };
  }
  for (const part of ["header", "body"] as const) {
    const wanted = parametersOf(row, part);
    const given = (content.components ?? []).filter(({ type }) => type === part)
      .reduce((sum, { parameters }) => sum + parameters.length, 0);
    if (wanted !== null && given !== wanted) {
      return { reason: "template_parameters", detail: `takes ${wanted} ${part} parameters, not ${given}` };
    }
  }
  return null;
}

/** null: the row does not say (a webhook told of the template before a list did). */
function parametersOf({ components }: TemplateRow, part: "header" | "body"): number | null {
  if (components.length === 0) return null;
  const found = components.find(({ type }) => String(type).toLowerCase() === part);
  if (found === undefined) return 0;
  const { format, text } = found;
  // A media header takes its file as its one parameter.
  if (part === "header" && typeof format === "string" && format !== "TEXT") return 1;
  // The body of an authentication template is Meta's own.
  return typeof text === "string" ? templateVariables(text).length : null;
}
