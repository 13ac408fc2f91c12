import assert from "node:assert/strict";
import { jobs } from "../../../db/schema/jobs.ts";
import { events } from "../../../db/schema/log.ts";
import { ruleRuns } from "../../../db/schema/rules.ts";
import { rulesRun, runRules } from "../../../lib/rules/mod.ts";
import { receiveMessage } from "../../../lib/conversations/mod.ts";
import { type Consumer, drainConsumers, eventsRetry, retryEvent } from "../../../lib/consumers/mod.ts";
import { handler } from "../../../lib/jobs/mod.ts";
import { MINUTE } from "../../../lib/kernel/clock.ts";
import { erasePerson } from "../../../lib/privacy/mod.ts";
import { consumers } from "../../../workers/consumers.ts";
import { type Harness, harness } from "../../support/harness.ts";
import { placesOf } from "../../support/tables.ts";
import { beforeTransaction } from "../../support/turns.ts";
import { work } from "../conversations/talk.ts";
import { EMAIL, type Known, openKnown, PRIVATE_ENV, SECRET } from "./person.ts";

Deno.test("who is erased between the reading of the log and what follows from it is named by nothing that follows", async () => {
  await using h = await harness({ env: PRIVATE_ENV });
  const known = await openKnown(h);
  await known.workAll();
  await say(known, "m-2");
  erasedBefore(h, known, 1);
  assert.ok(await drainConsumers(h.system, consumers) > 0);
  assert.deepEqual(await placesOf(h, SECRET), []);
  await known.workAll();
  assert.deepEqual(await placesOf(h, SECRET), []);
});

Deno.test("a rule that waited for its turn acts on nothing of who was erased meanwhile", async () => {
  await using h = await harness({ env: PRIVATE_ENV });
  const known = await openKnown(h);
  await known.workAll();
  const before = await runsOf(h);
  await say(known, "m-2");
  await drainConsumers(h.system, consumers);
  const [job] = (await h.system.db.select().from(jobs)).filter(({ name, finishedAt }) =>
    name === rulesRun.name && finishedAt === null
  );
  const { seq } = rulesRun.schema.parse(job?.payload);
  erasedBefore(h, known, 1);
  await runRules(known.inside, { seq });
  assert.deepEqual(await placesOf(h, SECRET), []);
  await runRules(known.inside, { seq });
  assert.equal(await runsOf(h), before, "nothing was done about it");
});

Deno.test("an event that is handed over again is told without the words of who was erased just before", async () => {
  await using h = await harness({ env: PRIVATE_ENV });
  const known = await openKnown(h);
  await known.workAll();
  await say(known, "m-2");
  const [said] = (await h.system.db.select().from(events)).filter(({ data }) =>
    JSON.stringify(data).includes(SECRET)
  );
  assert.ok(said !== undefined);
  const told: string[] = [];
  let fails = true;
  const hears: Consumer = {
    name: "hears",
    handle: (_tx, { seq, data }) => {
      if (seq !== said.seq) return Promise.resolve();
      if (fails) throw new Error("cannot");
      return Promise.resolve(void told.push(JSON.stringify(data)));
    },
  };
  await drainConsumers(h.system, [hears]);
  fails = false;
  h.clock.advance(MINUTE);
  const retry = handler(eventsRetry, async (ctx, payload) => {
    erasedBefore(h, known, 1);
    await retryEvent(ctx, { ...payload, consumers: [hears] });
  });
  await work(h, [retry]);
  assert.deepEqual(told, ['{"erased":true}']);
});

const runsOf = async (h: Harness) => (await h.system.db.select().from(ruleRuns)).length;

const say = (known: Known, externalId: string) =>
  receiveMessage(known.inside, {
    channelAccountId: known.web,
    contact: { identities: [{ kind: "email", value: EMAIL }] },
    kind: "text",
    text: `Otra vez sin ${SECRET}`,
    externalId,
  });

/** The person is erased when the transaction of that number from now on is to begin. */
const erasedBefore = (h: Harness, known: Known, number: number): void =>
  beforeTransaction(h, { number, deed: () => erasePerson(known.ctx, { contactId: known.contactId }) });
