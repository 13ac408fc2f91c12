import { whenAtHand } from "../../lib/kernel/at-hand.ts";
import { me } from "../../lib/identity/mod.ts";
import { toProfileText } from "../auth/present.ts";
import { createRouter } from "../router.ts";
import { usersMeRoute } from "./contract.ts";

export const users = createRouter()
  .openapi(usersMeRoute, (c) => whenAtHand(me(c.get("ctx")), (known) => c.json(toProfileText(known), 200)));
