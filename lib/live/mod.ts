export { cursorFor, followEvents, type FollowOptions } from "./follow.ts";
export { createStreamSlots, STREAM_LIMITS, type StreamSlots } from "./slots.ts";
export { createStreamEnd, type StreamEnd } from "./end.ts";
