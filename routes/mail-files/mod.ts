import { openMailFile } from "../../lib/notifications/mod.ts";
import { download } from "../conversations/download.ts";
import { createRouter } from "../router.ts";
import * as contracts from "./contract.ts";

export const mailFiles = createRouter()
  .openapi(contracts.openMailFileRoute, async (c) => {
    return download(c, await openMailFile(c.var.ctx, c.req.valid("param")));
  });
