/** The headers that may prove Watson. */
export function proofOf(headers: Headers) {
  return {
    authorization: headers.get("authorization"),
    authentication: headers.get("authentication"),
    apiKey: headers.get("x-api-key"),
  };
}
