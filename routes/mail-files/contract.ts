import { fileAnswer } from "../conversations/schemas.ts";
import { contract, problems, tokenParam } from "../router.ts";

export const openMailFileRoute = contract({
  method: "get",
  path: "/api/mail-files/{token}",
  operationId: "openMailFile",
  summary: "A file that was too large for the mail it belongs to, by the link in that mail",
  tags: ["Notifications"],
  scope: null,
  request: { params: tokenParam("v1.k1.Zm9v", 500) },
  responses: { 200: fileAnswer, ...problems("not_found", "gone") },
});
