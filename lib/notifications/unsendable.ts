import type { DeliveryState } from "./schemas.ts";

/** Thrown while a delivery is made ready: it comes to its end without a try. */
export class Unsendable extends Error {
  override readonly name = "Unsendable";
  constructor(
    readonly state: Extract<DeliveryState, "skipped" | "failed" | "outcome_unknown">,
    readonly reason: string,
  ) {
    super(`Not sent: ${reason}`);
  }
}
