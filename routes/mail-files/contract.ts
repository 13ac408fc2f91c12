import { z } from "@hono/zod-openapi";
import { contract, problems } from "../router.ts";

export const openMailFileRoute = contract({
  method: "get",
  path: "/api/mail-files/{token}",
  operationId: "openMailFile",
  summary: "A file that was too large for the mail it belongs to, by the link in that mail",
  tags: ["Notifications"],
  scope: null,
  request: {
    params: z.object({
      token: z.string().min(1).max(500).openapi({
        param: { name: "token", in: "path" },
        example: "v1.k1.Zm9v",
      }),
    }),
  },
  responses: {
    200: {
      description: "The file",
      content: { "application/octet-stream": { schema: z.string().openapi({ format: "binary" }) } },
    },
    ...problems("not_found", "gone"),
  },
});
