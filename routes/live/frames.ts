import { z } from "zod";

/** What a client may say over the socket. */
export const clientFrame = z.discriminatedUnion("type", [
  z.object({ type: z.literal("ping") }),
  z.object({
    type: z.literal("subscribe"),
    /** The last `seq` that the client has; without it the stream goes on from now. */
    after: z.number().int().min(0).optional(),
    types: z.array(z.string().max(100)).max(50).optional(),
  }),
  z.object({
    type: z.literal("message"),
    text: z.string().min(1),
    client_id: z.string().min(1).max(128).optional(),
  }),
]);
export type ClientFrame = z.infer<typeof clientFrame>;

/** The largest frame that is read, in characters; the API's own limit of a text is stricter. */
export const MAX_FRAME = 64 * 1024;

/** Frames a caller may send. */
export const FRAME_POLICY = { name: "live_frames", limit: 120, windowMs: 60_000 } as const;

/** Close codes (RFC 6455, 7.4): 1001 the server leaves, 1008 policy, 1009 too big, 1013 too slow; 4001 come back. */
export const CLOSE = { drain: 1001, policy: 1008, tooBig: 1009, slow: 1013, expired: 4001 } as const;
