import type { Tx } from "../context.ts";
import { emit } from "../events/mod.ts";
import { readersOfRoles } from "../identity/mod.ts";
import { notify } from "./notify.ts";
import { DISABLE } from "./policy.ts";
import { type EndpointRow, noteFailures, noteSuccess, updateEndpoint } from "./store-endpoints.ts";
import { endpointDisabled } from "./templates.ts";

/** How one call of an endpoint ended. */
export interface CallEnd {
  readonly endpointId: string;
  readonly ok: boolean;
  /** It is not tried again. */
  readonly over: boolean;
  /** The endpoint says that it is no more (410). */
  readonly gone: boolean;
  readonly createdAt: number;
}

/** Keeps the endpoints' health, and disables one that has failed for too long, telling the owners. */
export async function noteCalls(tx: Tx, ends: readonly CallEnd[]): Promise<void> {
  for (const id of new Set(ends.map(({ endpointId }) => endpointId))) {
    const mine = ends.filter(({ endpointId }) => endpointId === id);
    if (mine.some(({ ok }) => ok)) {
      await noteSuccess(tx, id);
      continue;
    }
    const row = await noteFailures(tx, { id, count: mine.length });
    if (row === null) continue;
    const reason = reasonToDisable(row, mine, tx.now());
    if (reason !== null) await disable(tx, row, reason);
  }
}

function reasonToDisable(
  { failures, failingSince, lastSuccessAt }: EndpointRow,
  ends: readonly CallEnd[],
  now: number,
): string | null {
  if (ends.some(({ gone }) => gone)) return "gone";
  const worn = ends.some(({ over, createdAt }) => over && (lastSuccessAt ?? 0) < createdAt);
  const often = failures >= DISABLE.failures && now - (failingSince ?? now) >= DISABLE.spanMs;
  return worn || often ? "failing" : null;
}

async function disable(tx: Tx, { id, url, failures }: EndpointRow, reason: string): Promise<void> {
  await updateEndpoint(tx, id, { enabled: false, disabledReason: reason });
  await emit(tx, { type: "webhook.endpoint_disabled", subjectId: id, data: { reason, failures } });
  const owners = await readersOfRoles(tx, ["owner", "admin"]);
  await notify(tx, {
    to: owners.map(({ userId }) => ({ userId })),
    template: endpointDisabled,
    data: { host: new URL(url).host, reason, failures },
    subjectId: id,
    priority: "high",
  });
}
