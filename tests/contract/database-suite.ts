import { describeFaults } from "./database-faults.ts";
import { type Subject, type SubjectOptions, TABLE, type Test } from "./database-items.ts";
import { describeValues } from "./database-values.ts";
import { describeWrites } from "./database-writes.ts";

/** What every adapter of the database port promises. */
export function describeDatabase(name: string, open: (options: SubjectOptions) => Promise<Subject>): void {
  const test: Test = (criterion, run, { busyTimeoutMs = 60_000 } = {}) =>
    Deno.test(`database (${name}): ${criterion}`, async () => {
      const subject = await open({ busyTimeoutMs });
      try {
        await subject.database.client.execute(TABLE);
        await run(subject);
      } finally {
        await subject.close();
      }
    });
  describeValues(test);
  describeWrites(test);
  describeFaults(test);
}
