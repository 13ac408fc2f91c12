/**
 * Turns a request into a WebSocket. Runtimes differ in how, so the entry point hands it in. The returned
 * response must go out as it is.
 */
export type UpgradeWebSocket = (
  request: Request,
) => { readonly socket: WebSocket; readonly response: Response };
