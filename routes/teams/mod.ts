import {
  changeTeam,
  createTeam,
  getTeam,
  listTeams,
  previewChoice,
  removeTeam,
  toChoiceDto,
} from "../../lib/operators/mod.ts";
import { createRouter } from "../router.ts";
import * as contracts from "./contract.ts";

export const teams = createRouter()
  .openapi(contracts.listTeamsRoute, async (c) => {
    return c.json(await listTeams(c.var.ctx, c.req.valid("query")), 200);
  })
  .openapi(contracts.createTeamRoute, async (c) => {
    return c.json(await createTeam(c.var.ctx, c.req.valid("json")), 201);
  })
  .openapi(contracts.getTeamRoute, async (c) => {
    return c.json(await getTeam(c.var.ctx, c.req.valid("param")), 200);
  })
  .openapi(contracts.changeTeamRoute, async (c) => {
    return c.json(await changeTeam(c.var.ctx, { ...c.req.valid("json"), ...c.req.valid("param") }), 200);
  })
  .openapi(contracts.removeTeamRoute, async (c) => {
    await removeTeam(c.var.ctx, c.req.valid("param"));
    return c.body(null, 204);
  })
  .openapi(contracts.chooseRoute, async (c) => {
    const { id: teamId } = c.req.valid("param");
    const choice = await previewChoice(c.var.ctx, { teamId, ...c.req.valid("json") });
    return c.json(toChoiceDto(choice), 200);
  });
