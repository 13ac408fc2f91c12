import assert from "node:assert/strict";
import fc from "fast-check";
import { closeConversation, receiveMessage, reply, takeOver } from "../../../lib/conversations/mod.ts";
import { DAY, HOUR, iso, MINUTE } from "../../../lib/kernel/clock.ts";
import { dryRun, type RuleInput, ruleInput } from "../../../lib/rules/mod.ts";
import { waitsAt } from "../../../lib/rules/past-standing.ts";
import { openTicket, updateTicket } from "../../../lib/tickets/mod.ts";
import { changedBetween } from "../../support/between.ts";
import { type Harness, harness } from "../../support/harness.ts";
import { plansOf } from "../../support/plans.ts";
import { openShop } from "../conversations/talk.ts";

const silence = (minutes: number, conditions?: RuleInput["conditions"]) =>
  ruleInput.parse(
    {
      name: "Silencio",
      when: { since: "conversation_waits", minutes, counts: "wall" },
      ...(conditions === undefined ? {} : { conditions }),
      actions: [{
        type: "notify",
        to: [{ channel: "email", recipient: "jefe@aurora.example" }],
        subject:
          "{{message.text}} {{conversation.state}} {{conversation.waits_minutes}} {{ticket.reference}}",
        message: "x",
      }],
    } satisfies RuleInput,
  );

/** A shop; `say` lets a customer of that name write, `told` what a dry run says of a silence. */
async function openTalks(h: Harness) {
  const shop = await openShop(h);
  const { ctx, inside, web } = shop;
  let said = 0;
  const say = async (who: string, text: string, kind: "text" | "reaction" = "text") => {
    const { conversationId } = await receiveMessage(inside, {
      channelAccountId: web,
      contact: { identities: [{ kind: "external", value: who }] },
      kind,
      text,
      externalId: `m-${said++}`,
    });
    return conversationId;
  };
  const answer = async (conversationId: string) => {
    await takeOver(ctx, { conversationId });
    await reply(ctx, { conversationId, text: "Voy" });
  };
  const told = async (rule: ReturnType<typeof silence>, span: { from: number; to: number }) => {
    const input = { rule, rule_ids: [], from: iso(span.from), to: iso(span.to) };
    const { rules: [trial], complete } = await dryRun(ctx, input);
    assert.ok(trial !== undefined && complete);
    return trial.samples.map(({ at, actions }) => `${at} ${actions[0]?.["subject"]}`).toSorted();
  };
  return { ctx, say, answer, told };
}

Deno.test("a dry run counts conversations that waited since before it, once their time came within it, as they were then", async () => {
  await using h = await harness();
  const { ctx, say, answer, told } = await openTalks(h);
  const start = h.clock.now();
  const at = (days: number) => h.clock.set(start + days * DAY);
  await say("sola", "sin respuesta");
  const taken = await say("tomada", "tomada");
  await takeOver(ctx, { conversationId: taken });
  const early = await say("antes", "contestada antes");
  const within = await say("dentro", "contestada dentro");
  const late = await say("tarde", "contestada después");
  const ended = await say("cerrada", "cerrada antes");
  const closed = await say("fin", "cerrada después");
  const { id: ticketId } = await openTicket(ctx, { subject: "x", conversation_id: taken });
  await openTicket(ctx, { subject: "x", conversation_id: closed }).then(({ id }) =>
    updateTicket(ctx, { ticketId: id, state: "resolved" })
  );
  at(1);
  await say("sola", "¿hola?");
  await answer(early);
  await say("antes", "👍", "reaction");
  await closeConversation(ctx, { conversationId: ended });
  at(5);
  await answer(within);
  at(12);
  await answer(late);
  await closeConversation(ctx, { conversationId: closed });
  await updateTicket(ctx, { ticketId, state: "resolved" });
  await closeConversation(ctx, { conversationId: taken });
  at(20);
  const span = { from: start + 2 * DAY, to: start + 20 * DAY };
  const time = iso(start + 10 * DAY);
  const minutes = 10 * 24 * 60;
  assert.deepEqual(
    await told(silence(minutes), span),
    [
      `${time} cerrada después con el asistente ${minutes}`,
      `${time} contestada después con el asistente ${minutes}`,
      `${time} sin respuesta con el asistente ${minutes}`,
      `${time} tomada con una persona ${minutes} T-1`,
    ].toSorted(),
  );
  const human = { field: "conversation.state", operator: "is", value: "human" } as const;
  assert.equal((await told(silence(minutes, human), span)).length, 1);
  assert.deepEqual(await told(silence(60), span), [], "their time came before it");
});

Deno.test("a conversation that was opened before a dry run and waits since within it is told of as it was before what came at its very time", async () => {
  await using h = await harness();
  const { ctx, say, answer, told } = await openTalks(h);
  const start = h.clock.now();
  const id = await say("a", "Hola");
  await answer(id);
  h.clock.advance(DAY);
  await say("a", "¿Y bien?");
  h.clock.advance(HOUR);
  await closeConversation(ctx, { conversationId: id });
  const span = { from: start + HOUR, to: h.clock.now() };
  const human = { field: "conversation.state", operator: "is", value: "human" } as const;
  assert.deepEqual(await told(silence(60, human), span), [
    `${iso(start + DAY + HOUR)} ¿Y bien? con una persona 60`,
  ]);
});

Deno.test("a conversation that is deleted while a dry run looks is no part of it, and the run goes on", async () => {
  await using h = await harness();
  const { say, answer, told } = await openTalks(h);
  const start = h.clock.now();
  for (const who of ["a", "b"]) await answer(await say(who, "Hola"));
  h.clock.advance(DAY);
  const gone = await say("a", "¿Y bien?");
  await say("b", "¿Hay alguien?");
  h.clock.advance(DAY);
  const { client } = h.ports.database;
  const span = { from: start + HOUR, to: h.clock.now() };
  let lines: string[] = [];
  const changes = await changedBetween(client, {
    of: /from "?events"? .*seq"? > /s,
    change: async () => {
      await client.execute({ sql: "delete from messages where conversation_id = ?", args: [gone] });
      await client.execute({ sql: "delete from conversations where id = ?", args: [gone] });
    },
  }, async () => void (lines = await told(silence(60), span)));
  assert.ok(changes > 0);
  assert.deepEqual(lines, [`${iso(start + DAY + HOUR)} ¿Hay alguien? con una persona 60`]);
});

const STEPS = ["says", "reacts", "answered", "closed", "wait"] as const;

Deno.test("whenever a dry run begins, it finds of conversations what one that saw all of it finds within its days", async () => {
  const steps = fc.array(fc.tuple(fc.constantFrom(...STEPS), fc.nat(1)), { minLength: 4, maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(steps, fc.nat(20), fc.integer({ min: 1, max: 10 }), async (all, begins, minutes) => {
      await using h = await harness();
      const { ctx, say, answer, told } = await openTalks(h);
      const start = h.clock.now();
      const ids = [await say("a", "a0"), await say("b", "b0")];
      for (const [at, [what, which]] of all.entries()) {
        h.clock.advance(2 * MINUTE);
        const [conversationId = "", who = ""] = [ids[which], ["a", "b"][which]];
        if (what === "says") ids[which] = await say(who, `${who}${at + 1}`);
        if (what === "reacts") ids[which] = await say(who, "👍", "reaction");
        // One that is closed can't be answered or closed.
        if (what === "answered") await answer(conversationId).catch(() => null);
        if (what === "closed") await closeConversation(ctx, { conversationId }).catch(() => null);
      }
      h.clock.advance(2 * MINUTE);
      const to = h.clock.now();
      const from = Math.min(start + begins * MINUTE + 1, to - MINUTE);
      const whole = await told(silence(minutes), { from: start - HOUR, to });
      assert.deepEqual(await told(silence(minutes), { from, to }), whole.filter((one) => one >= iso(from)));
    }),
    { numRuns: 25 },
  );
});

Deno.test("of more conversations than a dry run looks at it takes so many and says so, and none is looked for among all messages", async () => {
  await using h = await harness();
  const { ctx, say } = await openTalks(h);
  const ids = [await say("a", "a"), await say("b", "b"), await say("c", "c")];
  h.clock.advance(MINUTE);
  await closeConversation(ctx, { conversationId: ids[0] ?? "" });
  h.clock.advance(MINUTE);
  const looked = async (limit: number, time: number) => {
    const { waits, complete } = await waitsAt(ctx, { time, limit });
    return [waits.length, complete];
  };
  const now = h.clock.now();
  const planned = await plansOf(h.ports.database.client, async () => {
    assert.deepEqual(await looked(3, now - 2 * MINUTE), [3, true]);
  });
  assert.deepEqual(await looked(2, now - 2 * MINUTE), [2, false]);
  assert.deepEqual(await looked(3, now), [2, true], "what is closed since before is no part of it");
  assert.deepEqual(await looked(3, now - HOUR), [0, true]);
  const steps = planned.flatMap(({ plan }) => plan.split("\n"));
  for (
    const index of ["conversations_state", "conversations_changed", "messages_conversation", "events_subject"]
  ) {
    assert.ok(steps.some((step) => step.includes(`${index} (`)), index);
  }
  assert.deepEqual(
    steps.filter((step) => /^SCAN (c|m|said|e|messages|events|conversations)\b/.test(step)),
    [],
  );
});
