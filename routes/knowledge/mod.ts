import {
  answerUnanswered,
  askKnowledge,
  createEntry,
  deleteEntry,
  dismissUnanswered,
  getEntry,
  importKnowledge,
  type ImportResult,
  listEntries,
  listUnanswered,
  toEntryDto,
  toUnansweredDto,
  updateEntry,
} from "../../lib/knowledge/mod.ts";
import { createRouter } from "../router.ts";
import { bodyKind } from "../upload.ts";
import * as contracts from "./contract.ts";
import { importOf } from "./upload.ts";

export const knowledge = createRouter()
  .openapi(contracts.listEntriesRoute, async (c) => {
    const { data, next_cursor } = await listEntries(c.var.ctx, c.req.valid("query"));
    return c.json({ data: data.map(toEntryDto), next_cursor }, 200);
  })
  .openapi(contracts.createEntryRoute, async (c) => {
    return c.json(toEntryDto(await createEntry(c.var.ctx, c.req.valid("json"))), 201);
  })
  .openapi(contracts.importEntriesRoute, async (c) => {
    const sent = c.req.valid(bodyKind(c.req.header("content-type")));
    return c.json(toImportedDto(await importKnowledge(c.var.ctx, await importOf(sent))), 201);
  })
  .openapi(contracts.getEntryRoute, async (c) => {
    return c.json(toEntryDto(await getEntry(c.var.ctx, c.req.valid("param").id)), 200);
  })
  .openapi(contracts.replaceEntryRoute, async (c) => {
    const row = await updateEntry(c.var.ctx, {
      locale: null,
      ...c.req.valid("json"),
      id: c.req.valid("param").id,
    });
    return c.json(toEntryDto(row), 200);
  })
  .openapi(contracts.changeEntryRoute, async (c) => {
    const row = await updateEntry(c.var.ctx, { ...c.req.valid("json"), id: c.req.valid("param").id });
    return c.json(toEntryDto(row), 200);
  })
  .openapi(contracts.deleteEntryRoute, async (c) => {
    await deleteEntry(c.var.ctx, c.req.valid("param").id);
    return c.body(null, 204);
  })
  .openapi(contracts.askRoute, async (c) => {
    const { sources, candidates, terms, ...rest } = await askKnowledge(c.var.ctx, c.req.valid("json"));
    const shown = candidates.map((hit) => ({ ...hit, matched: [...hit.matched], missing: [...hit.missing] }));
    return c.json({ ...rest, sources: [...sources], candidates: shown, terms: [...terms] }, 200);
  })
  .openapi(contracts.listUnansweredRoute, async (c) => {
    const { data, next_cursor } = await listUnanswered(c.var.ctx, c.req.valid("query"));
    return c.json({ data: data.map(toUnansweredDto), next_cursor }, 200);
  })
  .openapi(contracts.answerUnansweredRoute, async (c) => {
    const row = await answerUnanswered(c.var.ctx, { ...c.req.valid("json"), id: c.req.valid("param").id });
    return c.json(toEntryDto(row), 201);
  })
  .openapi(contracts.dismissUnansweredRoute, async (c) => {
    return c.json(toUnansweredDto(await dismissUnanswered(c.var.ctx, c.req.valid("param").id)), 200);
  });

function toImportedDto({ created, skipped }: ImportResult) {
  return {
    created: created.length,
    skipped,
    data: created.slice(0, 100).map((row) => toEntryDto({ ...row, body: row.body.slice(0, 2000) })),
  };
}
