import { profileSchema } from "../auth/schemas.ts";
import { contract, jsonAnswer } from "../router.ts";

export const usersMeRoute = contract({
  method: "get",
  path: "/api/users/me",
  operationId: "usersMe",
  summary: "The caller; the same as /api/auth/me",
  tags: ["Identity"],
  scope: "signed_in",
  responses: { 200: jsonAnswer(profileSchema, "The caller") },
});
