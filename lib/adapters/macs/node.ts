import { createHmac, timingSafeEqual } from "node:crypto";
import type { Macs } from "../../ports/macs.ts";

/** By the runtime's own library, at once. */
export function createNodeMacs(): Macs {
  return {
    verify(key, { bytes, mac }) {
      const sum = createHmac("sha256", key).update(bytes).digest();
      return sum.length === mac.length && timingSafeEqual(sum, mac);
    },
  };
}
