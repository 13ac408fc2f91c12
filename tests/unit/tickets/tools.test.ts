import assert from "node:assert/strict";
import { flagsOf, readFlags } from "../../../cli/flags.ts";
import { ROLES } from "../../../lib/kernel/scopes.ts";
import { ticketTools } from "../../../lib/tickets/mod.ts";
import { harness, type Person } from "../../support/harness.ts";

/** Calls a tool with words of a command line. */
async function run({ ctx }: Person, name: string, ...args: string[]): Promise<Record<string, unknown>> {
  const tool = ticketTools.find((one) => one.name === name);
  assert.ok(tool, name);
  const answer = await tool.call(ctx, readFlags(flagsOf(tool.input), args));
  return tool.output.parse(answer) as Record<string, unknown>;
}

Deno.test("every tool of tickets says what it takes, and a member who may read can write with none", async () => {
  await using h = await harness();
  const member = await h.person({ role: "member" });
  for (const tool of ticketTools) {
    for (const flag of flagsOf(tool.input)) {
      assert.notEqual(flag.description, "", `${tool.name} ${flag.path}`);
    }
    if (ROLES.member.has(tool.scope)) continue;
    const names: Record<string, unknown> = {
      ticket_id: "tkt_1",
      subject: "x",
      text: "x",
      into: "tkt_2",
      comment_ids: ["cmt_1"],
      ticket_ids: ["tkt_1"],
      actions: [{ type: "raise_priority" }],
      macro_id: "mac_1",
      id: "tkt_2",
      kind: "ticket",
      name: "x",
      filter: {},
    };
    const given = Object.fromEntries(
      Object.keys(tool.input.shape).flatMap((key) => key in names ? [[key, names[key]]] : []),
    );
    await assert.rejects(tool.call(member.ctx, given), { code: "forbidden" }, tool.name);
  }
});

Deno.test("a ticket is opened, listed, changed, commented on and explained from the command line", async () => {
  await using h = await harness();
  const ana = await h.person();
  const opened = await run(
    ana,
    "tickets.open",
    "--subject",
    "No enfría",
    "--labels",
    "frio",
    "--priority",
    "high",
  );
  const id = String(opened["id"]);
  assert.deepEqual([opened["number"], opened["labels"], opened["priority"]], [1, ["frio"], "high"]);
  const found = await run(ana, "tickets.list", "--state", "new,open", "--q", "enfria");
  assert.equal((found["data"] as unknown[]).length, 1);
  const changed = await run(ana, "tickets.update", "--ticket-id", id, "--state", "open");
  assert.equal(changed["state"], "open");
  const said = await run(ana, "tickets.comment", "--ticket-id", id, "--text", "Vamos");
  assert.equal(said["visibility"], "private");
  assert.equal((await run(ana, "tickets.explain", "--ticket-id", id))["assignee_id"], null);
  assert.equal(((await run(ana, "tickets.get", "--ticket-id", id))["history"] as unknown[]).length, 2);
  const stats = await run(ana, "tickets.stats");
  assert.deepEqual(stats["live"], { count: 1, more: false });
});
