import type { Ctx } from "../lib/context.ts";
import { findWorkspace } from "../lib/identity/mod.ts";
import { AppError } from "../lib/kernel/errors.ts";

/** The id of the workspace that a command acts in. Throws 404 that says what to do where none was made yet. */
export async function workspaceOf(context: Ctx, given: string): Promise<string> {
  try {
    return await findWorkspace(context, given);
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.code !== "not_found") throw thrown;
    const hint = given === "default" ? " yet: the first start makes it (deno task start)" : "";
    throw new AppError("not_found", `There is no workspace "${given}"${hint}`, { cause: thrown });
  }
}
