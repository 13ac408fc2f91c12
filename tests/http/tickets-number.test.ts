import assert from "node:assert/strict";
import { harness } from "../support/harness.ts";
import { deskOf } from "../support/desk.ts";

Deno.test("a number finds its ticket first and hides no other that has the number as a word, page by page, under any filter", async () => {
  await using h = await harness();
  const desk = deskOf(h, await h.person());
  for (let number = 1; number <= 8; number++) {
    await desk.open({
      subject: number % 2 ? "Pieza 3 rota" : "Otra cosa",
      priority: number > 4 ? "high" : "low",
    });
  }
  const numbers = async (query: string) => {
    const { status, body } = await desk.call("GET", `/api/tickets?${query}`);
    assert.equal(status, 200, JSON.stringify(body));
    return { numbers: body.data.map(({ number }: { number: number }) => number), ...body };
  };
  const all = await numbers("q=3");
  assert.deepEqual([all.numbers, all.search.count], [[3, 7, 5, 1], 4]);
  assert.deepEqual((await numbers("q=2")).numbers, [2], "its subject has no such word");
  assert.equal((await numbers("q=2")).search.count, 1);
  assert.deepEqual((await numbers("q=%233&sort=relevance")).numbers.sort(), [1, 3, 5, 7]);
  assert.deepEqual((await numbers("q=3&priority=high")).numbers, [7, 5], "the ticket itself is no such one");
  assert.deepEqual((await numbers("q=3&priority=low")).numbers, [3, 1]);
  assert.deepEqual((await numbers("q=8&state=closed")).numbers, []);
  for (const sort of ["created", "relevance"]) {
    for (const limit of [1, 2, 3]) {
      const seen: number[] = [];
      for (let cursor: string | null = ""; cursor !== null;) {
        const page: Awaited<ReturnType<typeof numbers>> = await numbers(
          `q=3&sort=${sort}&limit=${limit}${cursor === "" ? "" : `&cursor=${cursor}`}`,
        );
        assert.ok(page.numbers.length <= limit);
        seen.push(...page.numbers);
        cursor = page.next_cursor;
      }
      assert.deepEqual([seen[0], [...seen].sort()], [3, [1, 3, 5, 7]], `${sort} ${limit}`);
    }
  }
});
