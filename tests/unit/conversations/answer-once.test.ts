import assert from "node:assert/strict";
import { answerConversation, conversationAnswer, takeOver } from "../../../lib/conversations/mod.ts";
import { handler, LeaseLost, sweep } from "../../../lib/jobs/mod.ts";
import { harness } from "../../support/harness.ts";
import { openShop, work } from "./talk.ts";
import { outOf, thread } from "./thread.ts";

Deno.test("the answer's second run after a crash before the commit answers once", async () => {
  await using h = await harness();
  const shop = await openShop(h);
  const { conversationId } = await shop.say("¿cuál es su horario?");
  let crashes = 1;
  const crashing = handler(conversationAnswer, async (ctx, payload) => {
    if (crashes-- <= 0) return await answerConversation(ctx, payload);
    // All the work is done, then the process is gone before its commit.
    await answerConversation(
      Object.assign(Object.create(ctx), { transact: () => Promise.reject(new Error("killed")) }),
      payload,
    );
  });
  h.clock.advance(301);
  await work(h, [crashing]);
  assert.equal(outOf(await thread(shop, conversationId)).length, 0);
  h.clock.advance(60_000);
  await work(h, [crashing]);
  assert.equal(outOf(await thread(shop, conversationId)).length, 1);
});

Deno.test("a second run whose answer was ready too does not answer again", async () => {
  await using h = await harness();
  const shop = await openShop(h);
  const { conversationId } = await shop.say("¿cuál es su horario?");
  const twice = handler(conversationAnswer, async (ctx, payload) => {
    const slower = Object.assign(Object.create(ctx), {
      finish: () => Promise.resolve(),
      transact: async (run: Parameters<typeof ctx.transact>[0]) => {
        await answerConversation(ctx, payload);
        return await ctx.transact(run);
      },
    });
    await answerConversation(slower, payload);
  });
  h.clock.advance(301);
  await work(h, [twice]);
  assert.equal(outOf(await thread(shop, conversationId)).length, 1);
});

Deno.test("a run that lost its lease writes no answer; the next one does", async () => {
  await using h = await harness();
  const shop = await openShop(h);
  const { conversationId } = await shop.say("¿cuál es su horario?");
  const lost: unknown[] = [];
  const late = handler(conversationAnswer, async (ctx, payload) => {
    if (lost.length > 0) return await answerConversation(ctx, payload);
    const sleepy = Object.assign(Object.create(ctx), {
      transact: async (run: Parameters<typeof ctx.transact>[0]) => {
        h.clock.advance(60_000);
        await sweep(h.system);
        return await ctx.transact(run);
      },
    });
    await answerConversation(sleepy, payload).catch((thrown) => lost.push(thrown));
    assert.equal(outOf(await thread(shop, conversationId)).length, 0);
  });
  h.clock.advance(301);
  await work(h, [late]);
  assert.ok(lost[0] instanceof LeaseLost);
  assert.equal(outOf(await thread(shop, conversationId)).length, 1);
});

Deno.test("a message that comes while the answer is being made is answered with it, not twice", async () => {
  await using h = await harness();
  const shop = await openShop(h);
  const { conversationId } = await shop.say("una pregunta");
  let first = true;
  const slow = handler(conversationAnswer, async (ctx, payload) => {
    if (first) {
      first = false;
      const late = Object.assign(Object.create(ctx), {
        transact: async (run: Parameters<typeof ctx.transact>[0]) => {
          await shop.say("¿cuál es su horario?");
          return await ctx.transact(run);
        },
      });
      return await answerConversation(late, payload);
    }
    await answerConversation(ctx, payload);
  });
  h.clock.advance(301);
  await work(h, [slow]);
  h.clock.advance(301);
  await work(h, [slow]);
  const answers = outOf(await thread(shop, conversationId));
  assert.equal(answers.length, 1);
  assert.match(answers[0]?.text ?? "", /8:00 a 19:00/);
});

Deno.test("the bot is silent when a person took over while the answer was being made", async () => {
  await using h = await harness();
  const shop = await openShop(h);
  const { conversationId } = await shop.say("¿cuál es su horario?");
  const slow = handler(conversationAnswer, async (ctx, payload) => {
    const late = Object.assign(Object.create(ctx), {
      transact: async (run: Parameters<typeof ctx.transact>[0]) => {
        await takeOver(shop.ctx, { conversationId });
        return await ctx.transact(run);
      },
    });
    await answerConversation(late, payload);
  });
  h.clock.advance(301);
  await work(h, [slow]);
  assert.equal(outOf(await thread(shop, conversationId)).length, 0);
});
