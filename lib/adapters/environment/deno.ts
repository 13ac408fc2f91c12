import { parseEnv } from "node:util";

/** The process's environment over what `.env` in the working folder says, if there is one. */
export function readEnvironment(file = ".env"): Record<string, string | undefined> {
  return { ...readFile(file), ...Deno.env.toObject() };
}

function readFile(file: string): Record<string, string | undefined> {
  try {
    return { ...parseEnv(Deno.readTextFileSync(file)) };
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return {};
    throw thrown;
  }
}
