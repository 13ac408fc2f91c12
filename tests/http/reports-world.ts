import type { Harness, Person } from "../support/harness.ts";
import { receiveFromApi } from "../../lib/conversations/mod.ts";
import { DAY } from "../../lib/kernel/clock.ts";

/** `names.length` conversations, a day apart, the first of them now. */
export async function talk(h: Harness, { ctx }: Person, names: readonly string[]): Promise<void> {
  for (const name of names) {
    await receiveFromApi(ctx, { contact: { external_id: name, name }, text: "Hola" });
    h.clock.advance(DAY);
  }
}
