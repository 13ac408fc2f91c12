import { type Answer, type Harness } from "./harness.ts";
import { login } from "../../lib/identity/mod.ts";
import { createContext, type Ctx } from "../../lib/context.ts";
import { ANONYMOUS } from "../../lib/kernel/actors.ts";
import { authenticate } from "../../lib/identity/mod.ts";

export const GOOD_PASSWORD = "un-camino-de-agua-7";

/** A context for nobody, from one address. */
export function visitorCtx(h: Harness, address = "192.0.2.10"): Ctx {
  return createContext({ ports: h.ports, config: h.config, actor: ANONYMOUS, workspaceId: null, address });
}

/** Registers over HTTP and asserts nothing: the answer's body holds tokens and user. */
export async function registered(
  h: Harness,
  email: string,
  more: Record<string, unknown> = {},
): Promise<Answer> {
  return await h.request("POST", "/api/auth/register", { body: { email, password: GOOD_PASSWORD, ...more } });
}

/** The context that the gate would build for this header. */
export async function ctxOf(h: Harness, token: string, workspace: string | null = null): Promise<Ctx> {
  const who = await authenticate(h, { authorization: `Bearer ${token}`, apiKey: null, workspace });
  return createContext({ ...who, ports: h.ports, config: h.config, address: "192.0.2.10" });
}

export async function signIn(h: Harness, username: string, password = GOOD_PASSWORD) {
  return await login(visitorCtx(h), { login: username, password });
}
