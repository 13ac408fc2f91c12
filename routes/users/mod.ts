import { me } from "../../lib/identity/mod.ts";
import { toProfileDto } from "../auth/present.ts";
import { createRouter } from "../router.ts";
import { usersMeRoute } from "./contract.ts";

export const users = createRouter()
  .openapi(usersMeRoute, async (c) => c.json(toProfileDto(await me(c.var.ctx)), 200));
