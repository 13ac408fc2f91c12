/** The release, as /health and /openapi.json say it. */
export const VERSION = "0.1.0";
