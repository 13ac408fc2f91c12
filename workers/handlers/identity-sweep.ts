import { sweepIdentity, sweepOver } from "../../lib/identity/mod.ts";
import { handler } from "../../lib/jobs/mod.ts";

export const identitySweep = handler(sweepIdentity, (ctx) => sweepOver(ctx));
