import type { Context } from "hono";
import {
  changePassword,
  forgotPassword,
  login,
  logout,
  me,
  refresh,
  register,
  resetPassword,
  updateProfile,
} from "../../lib/identity/mod.ts";
import { whenAtHand } from "../../lib/kernel/at-hand.ts";
import type { AppEnv } from "../env.ts";
import { createRouter } from "../router.ts";
import * as contracts from "./contract.ts";
import { toProfileDto, toProfileText, toSignedInDto, toTokensDto } from "./present.ts";

function userAgentOf(c: Context<AppEnv>): string | null {
  return c.req.header("user-agent") ?? null;
}

/** `/api/auth/*`, and the names that `/api/security/*` has for the same verbs. */
export const auth = createRouter()
  .openapi(contracts.registerRoute, async (c) => {
    const { workspace_name: workspaceName, invitation_token: invitationToken, ...user } = c.req.valid("json");
    const input = { ...user, workspaceName, invitationToken, userAgent: userAgentOf(c) };
    return c.json(toSignedInDto(await register(c.var.ctx, input)), 201);
  })
  .openapi(
    contracts.loginRoute,
    async (c) =>
      c.json(
        toSignedInDto(await login(c.var.ctx, { ...c.req.valid("json"), userAgent: userAgentOf(c) })),
        200,
      ),
  )
  .openapi(
    contracts.securityLoginRoute,
    async (c) =>
      c.json(
        toSignedInDto(await login(c.var.ctx, { ...c.req.valid("json"), userAgent: userAgentOf(c) })),
        200,
      ),
  )
  .openapi(contracts.tokenRoute, async (c) => {
    const { username, password } = c.req.valid("form");
    const { tokens } = await login(c.var.ctx, { login: username, password, userAgent: userAgentOf(c) });
    return c.json(toTokensDto(tokens), 200);
  })
  .openapi(
    contracts.refreshRoute,
    async (c) =>
      c.json(toTokensDto(await refresh(c.var.ctx, { refreshToken: c.req.valid("json").refresh_token })), 200),
  )
  .openapi(
    contracts.securityRefreshRoute,
    async (c) =>
      c.json(toTokensDto(await refresh(c.var.ctx, { refreshToken: c.req.valid("json").refresh_token })), 200),
  )
  .openapi(contracts.logoutRoute, async (c) => {
    await logout(c.var.ctx);
    return c.body(null, 204);
  })
  .openapi(contracts.securityLogoutRoute, async (c) => {
    await logout(c.var.ctx);
    return c.body(null, 204);
  })
  .openapi(
    contracts.meRoute,
    (c) => whenAtHand(me(c.get("ctx")), (known) => c.json(toProfileText(known), 200)),
  )
  .openapi(
    contracts.profileRoute,
    async (c) => c.json(toProfileDto(await updateProfile(c.var.ctx, c.req.valid("json"))), 200),
  )
  .openapi(contracts.changePasswordRoute, async (c) => {
    await changePassword(c.var.ctx, c.req.valid("json"));
    return c.body(null, 204);
  })
  .openapi(contracts.securityChangePasswordRoute, async (c) => {
    await changePassword(c.var.ctx, c.req.valid("json"));
    return c.body(null, 204);
  })
  .openapi(contracts.forgotPasswordRoute, async (c) => {
    await forgotPassword(c.var.ctx, c.req.valid("json"));
    return c.json({ status: "accepted" as const }, 202);
  })
  .openapi(contracts.resetPasswordRoute, async (c) => {
    await resetPassword(c.var.ctx, c.req.valid("json"));
    return c.body(null, 204);
  });
