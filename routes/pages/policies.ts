const COMMON = "default-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'";

/** Files that the page itself has read, as only its authorised requests can. */
const MEDIA = "img-src 'self' blob:; media-src 'self' blob:";

/** Headers of a page of ours: everything from this origin, framed by nobody. */
export const PAGE = {
  "content-security-policy": `${COMMON}; ${MEDIA}; frame-ancestors 'none'`,
  "referrer-policy": "no-referrer",
  "x-frame-options": "DENY",
} as const;

/** The web chat may stand in a frame on any site of the business. */
export const EMBEDDABLE_PAGE = {
  "content-security-policy": `${COMMON}; ${MEDIA}; frame-ancestors *`,
  "referrer-policy": "no-referrer",
} as const;

/**
 * The documentation viewers: their icons are data URLs. Redoc fills style elements from scripts; the two hashes
 * are the empty element and its one fixed style sheet (redoc 2.5.4), so no other inline style passes.
 */
export const VIEWER_PAGE = {
  ...PAGE,
  "content-security-policy": `${COMMON}; frame-ancestors 'none'; img-src 'self' data:; style-src 'self' ` +
    "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=' 'sha256-QMIg+bpjm3JdElJ388KYke01izlUW0UoNOeKjpMxdgc='",
} as const;

/** A script that other sites load: `/chat/widget.js`. */
export const SHARED_SCRIPT = { "cross-origin-resource-policy": "cross-origin" } as const;
