import assert from "node:assert/strict";
import { AppError } from "../../../lib/kernel/errors.ts";
import {
  changeOperator,
  changeTeam,
  chooseOperator,
  createOperator,
  createTeam,
  dropLoad,
  getOperator,
  removeOperator,
  setPresence,
  takeLoad,
} from "../../../lib/operators/mod.ts";
import { harness, type Person } from "../../support/harness.ts";
import { eventsOf, forgetJobs, jobsNamed, operatorAtWork } from "./desk.ts";

const take = (person: Person, teamId: string | null) =>
  person.ctx.transact(async (tx) => {
    const choice = await chooseOperator(tx, { teamId });
    const anyway = choice.decision === "assigned_anyway";
    if (choice.operatorId !== null) await takeLoad(tx, { operatorId: choice.operatorId, anyway });
    return choice;
  });

Deno.test("parallel choices never exceed a capacity, and share the work out evenly", async () => {
  await using h = await harness();
  const person = await h.person();
  const ids = [];
  for (const name of ["Ana", "Luis", "Eva"]) {
    ids.push((await operatorAtWork(person, { name, capacity: 4 })).id);
  }
  const { id: teamId } = await createTeam(person.ctx, { name: "Mesa", operator_ids: ids });
  const choices = await Promise.all(Array.from({ length: 50 }, () => take(person, teamId)));
  const by = (id: string) => choices.filter(({ operatorId }) => operatorId === id).length;
  assert.deepEqual(ids.map(by), [4, 4, 4]);
  const held = choices.filter(({ decision }) => decision === "held");
  assert.equal(held.length, 38);
  assert.ok(held.every(({ explanation }) => explanation.every(({ outcome }) => outcome === "full")));
  assert.deepEqual(await Promise.all(ids.map(async (id) => (await getOperator(person.ctx, { id })).load)), [
    4,
    4,
    4,
  ]);
});

Deno.test("an overflowing team asks the next one, round a circle only once, and the explanation tells of both", async () => {
  await using h = await harness();
  const person = await h.person();
  const ana = await operatorAtWork(person, { capacity: 0 });
  const luis = await operatorAtWork(person, { name: "Luis", capacity: 1 });
  const second = await createTeam(person.ctx, { name: "Segunda", operator_ids: [luis.id] });
  const first = await createTeam(person.ctx, {
    name: "Primera",
    operator_ids: [ana.id],
    when_busy: "overflow",
    overflow_team_id: second.id,
  });
  const one = await take(person, first.id);
  assert.deepEqual([one.operatorId, one.teamId, one.decision], [luis.id, second.id, "overflowed"]);
  assert.deepEqual(one.explanation.map(({ name, outcome, team_id }) => [name, outcome, team_id]), [
    ["Luis", "chosen", second.id],
    ["Ana", "full", first.id],
  ]);
  await changeTeam(person.ctx, { id: second.id, when_busy: "overflow", overflow_team_id: first.id });
  const two = await take(person, first.id);
  assert.deepEqual([two.operatorId, two.teamId, two.decision], [null, first.id, "held"]);
});

Deno.test("a team that assigns anyway goes over the capacity; a team's own skills are asked of everybody", async () => {
  await using h = await harness();
  const person = await h.person();
  const ana = await operatorAtWork(person, { capacity: 1, skills: [{ name: "Cobros", level: 4 }] });
  const luis = await operatorAtWork(person, { name: "Luis" });
  const team = await createTeam(person.ctx, {
    name: "Cobros",
    skills: ["COBROS"],
    operator_ids: [ana.id, luis.id],
    when_busy: "assign_anyway",
  });
  const [one, two] = [await take(person, team.id), await take(person, team.id)];
  assert.deepEqual([one.decision, one.operatorId], ["assigned", ana.id]);
  assert.deepEqual([two.decision, two.operatorId], ["assigned_anyway", ana.id]);
  assert.equal((await getOperator(person.ctx, { id: ana.id })).load, 2);
});

Deno.test("takeLoad refuses a full operator unless somebody means it, and one who is not there", async () => {
  await using h = await harness();
  const person = await h.person();
  const { id: operatorId } = await operatorAtWork(person, { capacity: 1 });
  const { ctx } = person;
  await ctx.transact((tx) => takeLoad(tx, { operatorId }));
  const refused = (code: string) => (error: unknown) => error instanceof AppError && error.code === code;
  await assert.rejects(ctx.transact((tx) => takeLoad(tx, { operatorId })), refused("conflict"));
  await ctx.transact((tx) => takeLoad(tx, { operatorId, anyway: true }));
  assert.equal((await getOperator(ctx, { id: operatorId })).load, 2);
  const other = await h.person();
  await assert.rejects(other.ctx.transact((tx) => takeLoad(tx, { operatorId })), refused("not_found"));
  await removeOperator(ctx, { id: operatorId });
  await assert.rejects(
    ctx.transact((tx) => takeLoad(tx, { operatorId, anyway: true })),
    refused("not_found"),
  );
});

Deno.test("freed capacity is told once for each way it comes about, and only when there was none before", async () => {
  await using h = await harness();
  const person = await h.person();
  const { ctx } = person;
  const { id } = await createOperator(ctx, { name: "Ana", capacity: 1 });
  const told = async () => {
    const drains = await jobsNamed(h, "operators.drain");
    await forgetJobs(h, "operators.drain");
    return drains.length;
  };
  assert.equal(await told(), 0);
  await setPresence(ctx, { id, presence: "online" });
  assert.equal(await told(), 1, "came online");
  await setPresence(ctx, { id, presence: "online" });
  assert.equal(await told(), 0, "was online");
  await ctx.transact((tx) => takeLoad(tx, { operatorId: id }));
  await ctx.transact((tx) => takeLoad(tx, { operatorId: id, anyway: true }));
  await ctx.transact((tx) => dropLoad(tx, { operatorId: id }));
  assert.equal(await told(), 0, "still full");
  await ctx.transact((tx) => dropLoad(tx, { operatorId: id }));
  assert.equal(await told(), 1, "has room again");
  await ctx.transact((tx) => dropLoad(tx, { operatorId: id }));
  assert.equal((await getOperator(ctx, { id })).load, 0, "never below nothing");
  await ctx.transact((tx) => takeLoad(tx, { operatorId: id }));
  await changeOperator(ctx, { id, capacity: 2 });
  assert.equal(await told(), 1, "capacity raised");
  await changeOperator(ctx, { id, skills: [{ name: "redes" }] });
  assert.equal(await told(), 1, "knows more");
  await createTeam(ctx, { name: "Mesa", operator_ids: [id] });
  assert.equal(await told(), 1, "joined a team");
  assert.deepEqual((await eventsOf(h, "operator.capacity_freed")).map(({ by }) => by), [
    "presence",
    "load_dropped",
    "capacity_raised",
    "profile_changed",
    "team_joined",
  ]);
});
