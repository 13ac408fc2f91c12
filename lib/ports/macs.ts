/** Codes that prove who wrote some bytes. */
export interface Macs {
  /** True when `mac` is the HMAC-SHA-256 (RFC 2104) of `bytes` under `key`, compared in constant time. */
  verify(
    key: string,
    of: { readonly bytes: Uint8Array<ArrayBuffer>; readonly mac: Uint8Array<ArrayBuffer> },
  ): boolean | Promise<boolean>;
}
