import assert from "node:assert/strict";
import { authenticate, type Authenticated } from "../../../lib/identity/mod.ts";
import { AppError } from "../../../lib/kernel/errors.ts";
import type { Harness, Person } from "../../support/harness.ts";

/** Who a token is. */
export function ask(h: Harness, token: string, workspace: string | null = null) {
  return authenticate(h, { authorization: `Bearer ${token}`, apiKey: null, workspace });
}

/** The error that `work` ends with, or that it was accepted. */
export async function codeOf(work: () => unknown): Promise<string> {
  try {
    await work();
  } catch (thrown) {
    return thrown instanceof AppError ? thrown.code : String(thrown);
  }
  return "accepted";
}

/** As what somebody acts. */
export function roleOf({ actor }: Authenticated): string {
  return actor.kind === "user" ? actor.role : actor.kind;
}

/** Asks twice, so that the second answer comes from what was verified. */
export async function warm(h: Harness, person: Person): Promise<void> {
  await ask(h, person.token);
  assert.ok(!(ask(h, person.token) instanceof Promise), "the second answer needs no promise");
}
