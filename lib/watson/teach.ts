import { z } from "zod";
import { audit } from "../audit/mod.ts";
import type { Ctx } from "../context.ts";
import { requireScope } from "../kernel/actors.ts";
import { iso } from "../kernel/clock.ts";
import { AppError, invalid, notFound } from "../kernel/errors.ts";
import { newId } from "../kernel/ids.ts";
import { cleanText } from "../kernel/text.ts";
import { INTENTS } from "./intents.ts";
import { deleteExample, type ExampleRow, insertExample, selectExamples } from "./store.ts";

export interface ExampleView {
  readonly id: string;
  readonly intent: string;
  readonly text: string;
  readonly created_at: string;
}

const exampleView = ({ id, intent, text, createdAt }: ExampleRow): ExampleView => ({
  id,
  intent,
  text,
  created_at: iso(createdAt),
});

/** Each one is weighed at each training. */
const MOST_EXAMPLES = 1000;

export const newExample = z.object({
  intent: z.enum(INTENTS).meta({ example: "schedule_visit" }),
  text: z.string().min(1).max(500).meta({ example: "Que se dé una vuelta el ingeniero" }),
});

export async function listExamples(ctx: Ctx): Promise<ExampleView[]> {
  requireScope(ctx, "watson:read");
  return (await selectExamples(ctx)).map(exampleView);
}

/** Teaches the classifier of the workspace. Throws 409 for a text that it was taught before. */
export async function addExample(ctx: Ctx, input: z.input<typeof newExample>): Promise<ExampleView> {
  requireScope(ctx, "workspace:write");
  const { intent, text } = newExample.parse(input);
  const clean = cleanText(text).replace(/\s+/g, " ").trim();
  if (clean === "") throw invalid("text", "must not be empty");
  return await ctx.transact(async (tx) => {
    if ((await selectExamples(tx)).length >= MOST_EXAMPLES) {
      throw new AppError(
        "conflict",
        `A workspace has ${MOST_EXAMPLES} examples at the most: delete one first`,
      );
    }
    const row = { id: newId("watsonExample"), intent, text: clean, createdAt: tx.now() };
    if (!await insertExample(tx, row)) throw new AppError("conflict", "This text is an example already");
    await audit(tx, { action: "watson.teach", subjectId: row.id, detail: { intent } });
    return exampleView({ ...row, workspaceId: tx.workspaceId });
  });
}

export async function removeExample(ctx: Ctx, id: string): Promise<void> {
  requireScope(ctx, "workspace:write");
  await ctx.transact(async (tx) => {
    if (!await deleteExample(tx, id)) throw notFound("example", id);
    await audit(tx, { action: "watson.unteach", subjectId: id });
  });
}
