/** Tells whoever follows requests through several programs what is being done. */
export interface Traces {
  /** Names the span of the request that is being answered; `route` is the pattern: `/api/tickets/{id}`. */
  request(method: string, route: string): void;
}
