/** When the calls of the tests begin. */
export const START = "2026-01-05T15:00:00.000Z";

/** So many seconds after that. */
export const later = (seconds: number) => new Date(Date.parse(START) + seconds * 1000).toISOString();
