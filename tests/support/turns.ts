import type { Harness } from "./harness.ts";

/** Something is done when the transaction of that number from now on is to begin. */
export function beforeTransaction(
  { ports: { database } }: Harness,
  { number, deed }: { number: number; deed: () => Promise<unknown> },
): void {
  const { transact } = database;
  let begun = 0;
  const late: typeof transact = async (work) => {
    if (++begun === number) {
      Object.assign(database, { transact });
      await deed();
    }
    return await transact(work);
  };
  Object.assign(database, { transact: late });
}

/** Something is done just ahead of the next transaction, as a member of its group: what it wrote is not committed yet. */
export function aheadInGroup({ ports: { database } }: Harness, deed: () => Promise<unknown>): void {
  const { transact } = database;
  const late: typeof transact = async (work) => {
    Object.assign(database, { transact });
    const [, result] = await Promise.all([deed(), transact(work)]);
    return result;
  };
  Object.assign(database, { transact: late });
}
