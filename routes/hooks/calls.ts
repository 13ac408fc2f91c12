import { z } from "@hono/zod-openapi";
import { takeCallEvent } from "../../lib/calls/mod.ts";
import { contract, createRouter, problems } from "../router.ts";

/** The body is signed as it came, so it is read by the verb and not validated here. */
const callHookRoute = contract({
  method: "post",
  path: "/api/hooks/calls",
  operationId: "takeCallEvent",
  summary:
    "What a telephony system tells of a call: ringing, answered, ended, in any order and as often as it likes",
  description:
    "Body: `{call_id, event, at, direction, from, to, operator?, duration_s?, outcome?, recording_url?}`. Signed with " +
    "the secret of `POST /api/calls/settings/secret`: `X-Cauce-Key` is its key, `X-Cauce-Timestamp` the time in Unix " +
    "seconds, `X-Cauce-Signature` is `sha256=` and the HMAC-SHA256, in hex, over the timestamp, a dot and the bytes " +
    "of the body. A body older than five minutes is refused.",
  tags: ["Hooks"],
  scope: null,
  request: {
    headers: z.object({
      "x-cauce-key": z.string().optional().openapi({ example: "w5T2hJ8Qm0aYb3Zk" }),
      "x-cauce-timestamp": z.string().optional().openapi({ example: "1795273445" }),
      "x-cauce-signature": z.string().optional().openapi({ example: "sha256=9f86d081884c7d65..." }),
    }),
  },
  responses: {
    204: { description: "Taken in" },
    ...problems("bad_signature", "payload_too_large"),
  },
});

export const callHook = createRouter().openapi(callHookRoute, async (c) => {
  const { headers } = c.req.raw;
  await takeCallEvent(c.var.ctx, {
    bytes: new Uint8Array(await c.req.arrayBuffer()),
    key: headers.get("x-cauce-key"),
    timestamp: headers.get("x-cauce-timestamp"),
    signature: headers.get("x-cauce-signature"),
  });
  return c.body(null, 204);
});
