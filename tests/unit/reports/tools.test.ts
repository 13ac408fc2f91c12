import assert from "node:assert/strict";
import { TOOLS } from "../../../lib/tools/mod.ts";
import { harness } from "../../support/harness.ts";

Deno.test("a report is asked for, listed and deleted by tools", async () => {
  await using h = await harness();
  const { ctx } = await h.person();
  const call = async (name: string, input: Record<string, unknown>) => {
    const tool = TOOLS.find((one) => one.name === name);
    assert.ok(tool, name);
    return JSON.parse(JSON.stringify(tool.output.parse(await tool.call(ctx, input))));
  };
  const ids = async () => (await call("reports.list", {})).data.map(({ id }: { id: string }) => id);
  const { id: report_id } = await call("reports.generate", { dataset: "tickets", format: "csv" });
  assert.deepEqual(await ids(), [report_id]);
  assert.equal((await call("reports.get", { report_id })).state, "queued");
  assert.deepEqual(await call("reports.remove", { report_id }), { removed: true });
  assert.deepEqual(await ids(), []);
  await assert.rejects(call("reports.remove", { report_id }), { code: "not_found" });
});
