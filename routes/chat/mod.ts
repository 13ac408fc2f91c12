import {
  askForPerson,
  currentSession,
  openAttachment,
  openSession,
  rateAnswer,
  receiveVisitorMessage,
  visitorMessages,
} from "../../lib/conversations/mod.ts";
import { download, fileOf } from "../conversations/download.ts";
import { toAcceptedDto } from "../conversations/mod.ts";
import { createRouter } from "../router.ts";
import * as contracts from "./contract.ts";
import { toChatMessageDto } from "./present.ts";

/** The visitor's side of the web chat. */
export const chat = createRouter()
  .openapi(contracts.openSessionRoute, async (c) => {
    const input = { ...c.req.valid("json"), key: c.req.valid("param").key };
    return c.json(await openSession(c.var.ctx, input), 201);
  })
  .openapi(contracts.sessionRoute, async (c) => {
    return c.json(await currentSession(c.var.ctx), 200);
  })
  .openapi(contracts.visitorMessagesRoute, async (c) => {
    const { data, next_cursor } = await visitorMessages(c.var.ctx, c.req.valid("query"));
    return c.json({ data: data.map(toChatMessageDto), next_cursor }, 200);
  })
  .openapi(contracts.visitorSendRoute, async (c) => {
    const { text, client_id: clientId } = c.req.valid("json");
    return c.json(toAcceptedDto(await receiveVisitorMessage(c.var.ctx, { text, clientId })), 202);
  })
  .openapi(contracts.visitorFileRoute, async (c) => {
    const { file, text = "", client_id: clientId } = c.req.valid("form");
    const message = { text, clientId, file: await fileOf(file) };
    return c.json(toAcceptedDto(await receiveVisitorMessage(c.var.ctx, message)), 202);
  })
  .openapi(contracts.visitorDownloadRoute, async (c) => {
    return download(c, await openAttachment(c.var.ctx, c.req.valid("param").id));
  })
  .openapi(contracts.rateRoute, async (c) => {
    const rating = { messageId: c.req.valid("param").id, ...c.req.valid("json") };
    return c.json(toChatMessageDto(await rateAnswer(c.var.ctx, rating)), 200);
  })
  .openapi(contracts.visitorHandoverRoute, async (c) => {
    return c.json(await askForPerson(c.var.ctx), 202);
  });
