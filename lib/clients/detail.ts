import type { Ctx } from "../context.ts";
import { contractState } from "./contract.ts";
import { type ClientView, clientView } from "./present.ts";
import type { ContractState } from "./schemas.ts";
import type { ClientRow } from "./store.ts";

/** A client as it is now: how its contract stands follows from the day. */
export interface ClientDetail extends ClientView {
  readonly contract: ClientView["contract"] & { readonly state: ContractState };
}

export async function clientDetail(at: Ctx, row: ClientRow): Promise<ClientDetail> {
  const view = clientView(row);
  return { ...view, contract: { ...view.contract, state: await contractState(at, row) } };
}
