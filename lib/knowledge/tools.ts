import { z } from "zod";
import type { Ctx } from "../context.ts";
import { defineTool, type Tool } from "../kernel/define-tool.ts";
import { askKnowledge } from "./ask.ts";
import { createEntry } from "./create.ts";
import { deleteEntry, listEntries } from "./entries.ts";
import { importKnowledge } from "./import.ts";
import { toEntryDto, toUnansweredDto } from "./present.ts";
import { reindexKnowledge } from "./reindex.ts";
import {
  answerInput,
  askInput,
  entryInput,
  importTextInput,
  listQuery,
  UNANSWERED_STATES,
} from "./schemas.ts";
import { answerUnanswered, listUnanswered } from "./unanswered.ts";
import { anything, list, page } from "../kernel/tool-shapes.ts";

/** What an agent, an operator at the command line or a workflow can do with knowledge. */
export const knowledgeTools: readonly Tool<Ctx>[] = [
  defineTool({
    name: "knowledge.list",
    summary: "What the business knows, newest first",
    scope: "knowledge:read",
    destructive: false,
    input: listQuery.extend(page.shape),
    output: list,
    run: async (ctx: Ctx, input) => {
      const { data, next_cursor } = await listEntries(ctx, input);
      return { data: data.map(toEntryDto), next_cursor };
    },
  }),
  defineTool({
    name: "knowledge.ask",
    summary: "What the bot would answer from knowledge alone, and why",
    scope: "knowledge:read",
    destructive: false,
    input: askInput,
    output: anything,
    run: async (ctx: Ctx, input) => ({ ...await askKnowledge(ctx, input) }),
  }),
  defineTool({
    name: "knowledge.add",
    summary: "Add a question with its answer, or a text",
    scope: "knowledge:write",
    destructive: false,
    input: entryInput,
    output: anything,
    run: async (ctx: Ctx, input) => toEntryDto(await createEntry(ctx, input)),
  }),
  defineTool({
    name: "knowledge.import",
    summary: "Bring in the text of a CSV, Markdown or plain text file",
    scope: "knowledge:write",
    destructive: false,
    input: importTextInput,
    output: z.object({ created: z.int(), skipped: z.int() }),
    run: async (ctx: Ctx, { text, ...input }) => {
      const { created, skipped } = await importKnowledge(ctx, { ...input, content: text });
      return { created: created.length, skipped };
    },
  }),
  defineTool({
    name: "knowledge.remove",
    summary: "Remove an entry",
    scope: "knowledge:write",
    destructive: true,
    input: z.object({ id: z.string().min(1) }),
    output: z.object({ removed: z.string() }),
    run: async (ctx: Ctx, { id }) => {
      await deleteEntry(ctx, id);
      return { removed: id };
    },
  }),
  defineTool({
    name: "knowledge.unanswered",
    summary: "What the bot could not answer, last asked first",
    scope: "knowledge:read",
    destructive: false,
    input: z.object({ ...page.shape, state: z.enum(UNANSWERED_STATES).default("open") }),
    output: list,
    run: async (ctx: Ctx, input) => {
      const { data, next_cursor } = await listUnanswered(ctx, input);
      return { data: data.map(toUnansweredDto), next_cursor };
    },
  }),
  defineTool({
    name: "knowledge.answer",
    summary: "Answer a question that the bot could not: it becomes an entry",
    scope: "knowledge:write",
    destructive: false,
    input: answerInput.extend({ id: z.string().min(1) }),
    output: anything,
    run: async (ctx: Ctx, input) => toEntryDto(await answerUnanswered(ctx, input)),
  }),
  defineTool({
    name: "knowledge.reindex",
    summary: "Make the search index of all knowledge anew",
    scope: "knowledge:write",
    destructive: false,
    input: z.object({}),
    output: z.object({ entries: z.int() }),
    run: async (ctx: Ctx) => ({ entries: await reindexKnowledge(ctx) }),
  }),
];
