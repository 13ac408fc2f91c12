import type { Answer, Harness } from "./harness.ts";

export interface HookSecret {
  readonly hook_key: string;
  readonly secret: string;
}

/** What a telephony system does: signs the bytes with the time, as it is told to. */
export async function tellCall(
  h: Harness,
  { hook_key, secret }: HookSecret,
  event: unknown,
  spoil: { signature?: string; timestamp?: number; body?: string; key?: string } = {},
): Promise<Answer> {
  const signedBody = typeof event === "string" ? event : JSON.stringify(event);
  const timestamp = String(spoil.timestamp ?? Math.floor(h.clock.now() / 1000));
  const encoder = new TextEncoder();
  const key = await crypto.subtle.importKey(
    "raw",
    encoder.encode(secret),
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["sign"],
  );
  const mac = await crypto.subtle.sign("HMAC", key, encoder.encode(`${timestamp}.${signedBody}`));
  const hex = Array.from(new Uint8Array(mac), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return await h.request("POST", "/api/hooks/calls", {
    body: spoil.body ?? signedBody,
    headers: {
      "x-cauce-key": spoil.key ?? hook_key,
      "x-cauce-timestamp": timestamp,
      "x-cauce-signature": spoil.signature ?? `sha256=${hex}`,
    },
  });
}
