export type MisuseCode = "FOREIGN_AWAIT" | "USE_TX" | "TX_CONTROL" | "TX_OVER" | "TX_LATE";

const WHY: Readonly<Record<MisuseCode, string>> = {
  FOREIGN_AWAIT:
    "A transaction may await the database only: the whole commit group would wait for anything else. " +
    "It was rolled back; move the other work before or after it, or into a job",
  USE_TX:
    "Inside a transaction, write through its tx: a write through the database would wait for the transaction itself",
  TX_CONTROL: "BEGIN, COMMIT and ROLLBACK belong to the database: use transact or a transaction",
  TX_LATE: "The outcome of a write that travels with the commit is known after the commit only",
  TX_OVER: "The transaction is over: a statement was not awaited, or came too late",
};

/** A mistake in the code that uses the database, never the fault of a request. */
export class TransactionMisuse extends Error {
  override readonly name = "TransactionMisuse";
  constructor(readonly code: MisuseCode, where?: string) {
    super(where === undefined ? WHY[code] : `${WHY[code]} (in: ${where})`);
  }
}
