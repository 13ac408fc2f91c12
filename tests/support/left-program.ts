/** Run by `deno test` in tests/unit/db/unload.test.ts: a test that fails and leaves code behind that goes on reading and writing. */
import { note } from "../unit/db/note.ts";
import { openNotes } from "./file-database.ts";

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

Deno.test("fails, and what it began goes on", async () => {
  const notes = await openNotes();
  const goOn = async (work: () => Promise<unknown>) => {
    for (;;) {
      await work().catch(() => {});
      await nextTurn();
    }
  };
  for (const which of [1, 2, 3]) void goOn(() => note(notes.database.db, `${which}-${crypto.randomUUID()}`));
  for (let reader = 0; reader < 4; reader++) void goOn(() => notes.bodies());
  await nextTurn();
  void Promise.reject(new Error("nobody awaits this"));
  await new Promise(() => {});
});
