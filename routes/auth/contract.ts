import { z } from "@hono/zod-openapi";
import { contract, jsonAnswer, jsonBody, problems } from "../router.ts";
import {
  email,
  locale,
  loginBody,
  name,
  newPassword,
  oneTimeToken,
  password,
  profileSchema,
  refreshBody,
  signedInSchema,
  tokensSchema,
  username,
} from "./schemas.ts";

const tags = ["Identity"];
const done = { 204: { description: "Done" } } as const;

export const registerRoute = contract({
  method: "post",
  path: "/api/auth/register",
  operationId: "register",
  summary: "Make a user with a workspace, or join one by invitation, and sign in",
  tags,
  scope: null,
  request: {
    body: jsonBody(z.object({
      email,
      password: newPassword,
      username: z.string().max(254).optional().openapi({
        example: "ana",
        description: "Made from the e-mail when left out",
      }),
      name: name.optional(),
      locale: locale.optional(),
      workspace_name: name.optional().openapi({ example: "Panadería Ruiz" }),
      invitation_token: oneTimeToken.optional(),
    })),
  },
  responses: { 201: jsonAnswer(signedInSchema, "Signed in"), ...problems("conflict", "gone", "forbidden") },
});

const signIn = { tags, scope: null, request: { body: jsonBody(loginBody) } } as const;
const signInAnswers = {
  200: jsonAnswer(signedInSchema, "Signed in"),
  ...problems("invalid_credentials", "account_disabled"),
};

export const loginRoute = contract({
  method: "post",
  path: "/api/auth/login",
  operationId: "login",
  summary: "Sign in by user name or e-mail",
  ...signIn,
  responses: signInAnswers,
});

export const securityLoginRoute = contract({
  method: "post",
  path: "/api/security/auth/login",
  operationId: "securityLogin",
  summary: "Sign in; the same as /api/auth/login",
  ...signIn,
  responses: signInAnswers,
});

export const tokenRoute = contract({
  method: "post",
  path: "/api/auth/token",
  operationId: "token",
  summary: "OAuth 2.0 password form (RFC 6749, 4.3), for clients that know no other",
  tags,
  scope: null,
  request: {
    body: {
      required: true,
      content: {
        "application/x-www-form-urlencoded": {
          schema: z.object({
            grant_type: z.enum(["password", ""]).optional().openapi({ example: "password" }),
            username: z.string().min(1).max(320).openapi({ example: "ana" }),
            password,
          }).openapi("PasswordForm"),
        },
      },
    },
  },
  responses: {
    200: jsonAnswer(tokensSchema, "Signed in"),
    ...problems("invalid_credentials", "account_disabled"),
  },
});

const renew = { tags, scope: null, request: { body: jsonBody(refreshBody) } } as const;
const renewAnswers = {
  200: jsonAnswer(tokensSchema, "New tokens"),
  ...problems("unauthorized", "token_expired", "token_reused"),
};

export const refreshRoute = contract({
  method: "post",
  path: "/api/auth/refresh",
  operationId: "refresh",
  summary:
    "New tokens for a refresh token, which is good for one use (and 30 seconds more, with the same answer)",
  ...renew,
  responses: renewAnswers,
});

export const securityRefreshRoute = contract({
  method: "post",
  path: "/api/security/auth/refresh",
  operationId: "securityRefresh",
  summary: "New tokens; the same as /api/auth/refresh",
  ...renew,
  responses: renewAnswers,
});

export const logoutRoute = contract({
  method: "post",
  path: "/api/auth/logout",
  operationId: "logout",
  summary: "End the session",
  tags,
  scope: "signed_in",
  responses: done,
});

export const securityLogoutRoute = contract({
  method: "post",
  path: "/api/security/auth/logout",
  operationId: "securityLogout",
  summary: "End the session; the same as /api/auth/logout",
  tags,
  scope: "signed_in",
  responses: done,
});

export const meRoute = contract({
  method: "get",
  path: "/api/auth/me",
  operationId: "me",
  summary: "The caller: user, role, plan, workspace, scopes",
  tags,
  scope: "signed_in",
  responses: { 200: jsonAnswer(profileSchema, "The caller") },
});

export const profileRoute = contract({
  method: "put",
  path: "/api/auth/profile",
  operationId: "updateProfile",
  summary: "Change one's own name, user name, e-mail or language",
  tags,
  scope: "signed_in",
  request: {
    body: jsonBody(z.object({
      name: name.optional(),
      username: username.optional(),
      email: email.optional(),
      locale: locale.optional(),
    })),
  },
  responses: { 200: jsonAnswer(profileSchema, "As it is now"), ...problems("conflict") },
});

const changeBody = z.object({
  current_password: password.optional(),
  old_password: password.optional().openapi({ description: "Another name of current_password" }),
  new_password: newPassword,
}).transform((body, check) => {
  const current = body.current_password ?? body.old_password;
  if (current !== undefined) return { current, next: body.new_password };
  check.addIssue({ code: "custom", path: ["current_password"], message: "is required" });
  return z.NEVER;
}).openapi("ChangePassword");

const change = { tags, scope: "signed_in", request: { body: jsonBody(changeBody) } } as const;

export const changePasswordRoute = contract({
  method: "post",
  path: "/api/auth/change-password",
  operationId: "changePassword",
  summary: "Change one's password; one's other sessions end",
  ...change,
  responses: { ...done, ...problems("invalid_credentials", "conflict") },
});

export const securityChangePasswordRoute = contract({
  method: "post",
  path: "/api/security/password/change",
  operationId: "securityChangePassword",
  summary: "Change one's password; the same as /api/auth/change-password",
  ...change,
  responses: { ...done, ...problems("invalid_credentials", "conflict") },
});

export const forgotPasswordRoute = contract({
  method: "post",
  path: "/api/auth/forgot-password",
  operationId: "forgotPassword",
  summary: "Ask for a reset link by mail; the answer is the same whether or not the address is known",
  tags,
  scope: null,
  request: {
    body: jsonBody(z.object({ email: z.string().min(1).max(320).openapi({ example: "ana@example.com" }) })),
  },
  responses: {
    202: jsonAnswer(
      z.object({ status: z.literal("accepted").openapi({ example: "accepted" }) }),
      "Mailed, if the address is known",
    ),
  },
});

export const resetPasswordRoute = contract({
  method: "post",
  path: "/api/auth/reset-password",
  operationId: "resetPassword",
  summary: "Set a password by a mailed link; every session of the user ends",
  tags,
  scope: null,
  request: {
    body: jsonBody(
      z.object({
        token: oneTimeToken,
        password: newPassword.optional(),
        new_password: newPassword.optional().openapi({ description: "Another name of password" }),
      }).transform((body, check) => {
        const given = body.password ?? body.new_password;
        if (given !== undefined) return { token: body.token, password: given };
        check.addIssue({ code: "custom", path: ["password"], message: "is required" });
        return z.NEVER;
      }).openapi("ResetPassword"),
    ),
  },
  responses: { ...done, ...problems("gone") },
});
