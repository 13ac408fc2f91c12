export { ACTIVITY_OUTCOMES, type ActivityOutcome } from "../../db/schema/watson.ts";
export { type Action, ACTIONS, type Intent, INTENTS } from "./intents.ts";
export { TEXT_LIMIT } from "./converse.ts";
export { TOOL_INPUTS } from "./tool-call.ts";
export { newExample } from "./teach.ts";
