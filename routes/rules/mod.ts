import {
  catalogue,
  createRule,
  deleteRule,
  type DryRun,
  dryRun,
  getRule,
  listRules,
  listRuns,
  orderRules,
  toRuleDto,
  toRunDto,
  updateRule,
} from "../../lib/rules/mod.ts";
import { sentimentOf } from "../../lib/sentiment/mod.ts";
import { createRouter } from "../router.ts";
import { choiceOf, etagOf } from "../versions.ts";
import * as contracts from "./contract.ts";

export const rules = createRouter()
  .openapi(contracts.listRulesRoute, async (c) => {
    const { data, next_cursor } = await listRules(c.var.ctx);
    return c.json({ data: data.map(toRuleDto), next_cursor }, 200);
  })
  .openapi(contracts.createRuleRoute, async (c) => {
    const rule = toRuleDto(await createRule(c.var.ctx, c.req.valid("json")));
    return c.json(rule, 201, { etag: etagOf(rule) });
  })
  .openapi(contracts.catalogueRoute, async (c) => c.json(await catalogue(c.var.ctx), 200))
  .openapi(contracts.dryRunRoute, async (c) => {
    return c.json(toDryRunDto(await dryRun(c.var.ctx, c.req.valid("json"))), 200);
  })
  .openapi(contracts.orderRoute, async (c) => {
    const { data, next_cursor } = await orderRules(c.var.ctx, c.req.valid("json").rule_ids);
    return c.json({ data: data.map(toRuleDto), next_cursor }, 200);
  })
  .openapi(contracts.listRunsRoute, async (c) => {
    const { data, next_cursor } = await listRuns(c.var.ctx, c.req.valid("query"));
    return c.json({ data: data.map(toRunDto), next_cursor }, 200);
  })
  .openapi(contracts.getRuleRoute, async (c) => {
    const rule = toRuleDto(await getRule(c.var.ctx, c.req.valid("param").id));
    return c.json(rule, 200, { etag: etagOf(rule) });
  })
  .openapi(contracts.updateRuleRoute, async (c) => {
    const choice = choiceOf(c.req.valid("param"), c.req.valid("header"));
    const rule = toRuleDto(await updateRule(c.var.ctx, { ...c.req.valid("json"), ...choice }));
    return c.json(rule, 200, { etag: etagOf(rule) });
  })
  .openapi(contracts.deleteRuleRoute, async (c) => {
    await deleteRule(c.var.ctx, choiceOf(c.req.valid("param"), c.req.valid("header")));
    return c.body(null, 204);
  })
  .openapi(contracts.sentimentRoute, (c) => {
    const { words, ...sentiment } = sentimentOf(c.req.valid("json").text);
    return c.json({ ...sentiment, words: [...words] }, 200);
  });

function toDryRunDto({ rules, ...run }: DryRun) {
  return {
    ...run,
    rules: rules.map(({ samples, ...trial }) => ({
      ...trial,
      samples: samples.map(({ actions, ...sample }) => ({ ...sample, actions: [...actions] })),
    })),
  };
}
