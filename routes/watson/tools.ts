import { createRoute, z } from "@hono/zod-openapi";
import { type Action, callTool, TOOL_INPUTS, watsonCaller } from "../../lib/watson/mod.ts";
import { AppError } from "../../lib/kernel/errors.ts";
import { createRouter } from "../router.ts";
import { proofOf } from "./proof.ts";

const WORDS = {
  create_ticket: [
    "Create a ticket",
    "Opens a support ticket about a problem that a customer or employee reports, and returns its number.",
  ],
  schedule_visit: [
    "Schedule a visit",
    "Schedules a visit of a technician at a day and time, and returns the visit.",
  ],
  reschedule_visit: [
    "Move a visit",
    "Gives a visit that is to come another day and time, and returns the visit.",
  ],
  cancel_visit: ["Cancel a visit", "Calls off a visit that is to come."],
  send_notification: ["Send a notification", "Sends a message to one person by e-mail, SMS or WhatsApp."],
  generate_report: [
    "Generate a report",
    "Starts a report as a file (tickets, operators, calls, conversations, visits or SLA) over a stretch of time.",
  ],
  query_status: ["Query the status of a ticket", "Tells the present state of a ticket by its number."],
} as const satisfies Record<Action, readonly [summary: string, description: string]>;

const answer = z.object({
  reply: z.string().openapi({ example: "I opened ticket T-12.", description: "What to tell the person" }),
  result: z.record(z.string(), z.unknown()).openapi({ example: { reference: "T-12" } }),
}).openapi("WatsonToolAnswer");

/** IBM's name of the header with which a tool that takes long is told where to answer. */
const callbackHeader = z.object({
  callbackUrl: z.string().max(2000).optional().openapi({
    example: "https://example.com/callback",
    description: "Where the outcome is posted when it is known",
  }),
});

function toolRoute<A extends Action>(action: A) {
  const [summary, description] = WORDS[action];
  return createRoute({
    method: "post",
    path: `/api/watson/tools/${action}`,
    operationId: action,
    summary,
    description,
    tags: ["Watson"],
    request: {
      ...(action === "generate_report" ? { headers: callbackHeader } : {}),
      body: { required: true, content: { "application/json": { schema: TOOL_INPUTS[action] } } },
    },
    responses: { 200: { description: "Done", content: { "application/json": { schema: answer } } } },
  });
}

/** The tools of Orchestrate, each its own path; they are what /openapi/orchestrate.json lists. */
export const watsonTools = createRouter();

for (const action of Object.keys(TOOL_INPUTS) as Action[]) {
  const route = toolRoute(action);
  watsonTools.openAPIRegistry.registerPath(route);
  watsonTools.post(route.path, async (c) => {
    // The caller first, then the body: nobody learns by errors what a tool takes.
    const ctx = await watsonCaller(c.var.ctx, proofOf(c.req.raw.headers));
    const body = await c.req.json().catch(() => {
      throw new AppError("bad_request", "The body is not JSON");
    });
    const input = TOOL_INPUTS[action].parse(body);
    const callbackUrl = c.req.header("callbackurl") ?? null;
    return c.json(await callTool(ctx, { action, input: input as never, callbackUrl }), 200);
  });
}
