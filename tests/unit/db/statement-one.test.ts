import assert from "node:assert/strict";
import { and, eq, sql } from "drizzle-orm";
import { memberships, users } from "../../../db/schema/identity.ts";
import { statement, statementOne } from "../../../db/statement.ts";
import { Connection } from "../../../lib/adapters/db/connection.ts";
import { harness } from "../../support/harness.ts";

const COLUMNS = { id: users.id, name: users.name, role: memberships.role };
const one = statementOne((db) =>
  db.select(COLUMNS).from(users)
    .leftJoin(
      memberships,
      and(eq(memberships.userId, users.id), eq(memberships.workspaceId, sql.placeholder("workspaceId"))),
    )
    .where(eq(users.id, sql.placeholder("id"))).prepare()
);
const list = statement((db) =>
  db.select(COLUMNS).from(users)
    .leftJoin(
      memberships,
      and(eq(memberships.userId, users.id), eq(memberships.workspaceId, sql.placeholder("workspaceId"))),
    )
    .where(eq(users.id, sql.placeholder("id"))).prepare()
);

Deno.test("a statement of one row gives what the list's first row gives, and undefined for none", async () => {
  await using h = await harness();
  const { ctx, userId: id, workspaceId } = await h.person();
  for (const values of [{ id, workspaceId }, { id, workspaceId: null }, { id: "none", workspaceId }]) {
    assert.deepEqual(await one(ctx, values), (await list(ctx, values))[0]);
  }
  assert.equal((await one(ctx, { id, workspaceId: "other" }))?.role, null);
  assert.ok(!(one(ctx, { id, workspaceId }) instanceof Promise), "a file answers at once");
});

Deno.test("a statement of one row sees each commit, and in a transaction its own writes", async () => {
  await using h = await harness();
  const { ctx, userId: id, workspaceId } = await h.person();
  const name = async (at: Parameters<typeof one>[0]) => (await one(at, { id, workspaceId }))?.name;
  assert.equal(await name(ctx), "Test Person");
  await ctx.transact(async (tx) => {
    await tx.db.update(users).set({ name: "Within" }).where(eq(users.id, id));
    assert.equal(await name(tx), "Within");
    assert.equal(await name(ctx), "Test Person", "readers see what is committed");
  });
  assert.equal(await name(ctx), "Within");
});

Deno.test("a statement of one row asks for every placeholder", async () => {
  await using h = await harness();
  await assert.rejects(async () => await one(h.system, { id: "x" }), /workspaceId/);
});

Deno.test("lists and single rows of one statement, in any order, each answer for their own values", () => {
  const connection = new Connection(":memory:", []);
  connection.exec("create table u(id text primary key); insert into u values ('1'), ('2')");
  const text = "select ?, id from u where id = ?";
  for (const values of [["x", "1"], ["y", "2"], [null, "1"], [null, "2"], ["z", "3"]]) {
    const expected = values[1] === "3" ? [] : [values];
    for (const way of ["values", "first", "first", "values", "execute", "first"] as const) {
      if (way === "first") assert.deepEqual(connection.first(text, values), expected[0]);
      else if (way === "values") assert.deepEqual(connection.values(text, values), expected);
      else assert.equal(connection.execute(text, values).rows.length, expected.length);
    }
  }
  connection.close();
});
