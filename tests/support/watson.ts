import { workspaces } from "../../db/schema/identity.ts";
import { DEFAULT_SLUG } from "../../lib/identity/workspaces.ts";
import { newId } from "../../lib/kernel/ids.ts";
import type { Harness, Person } from "./harness.ts";

/** The workspace that the first start makes, with its owner. */
export async function ensureDefaultWorkspace(h: Harness): Promise<Person> {
  const id = newId("workspace");
  const createdAt = h.clock.now();
  await h.system.transact((tx) =>
    tx.db.insert(workspaces).values({ id, name: "Negocio", slug: DEFAULT_SLUG, createdAt })
  );
  return await h.person({ workspaceId: id });
}
