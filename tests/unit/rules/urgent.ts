/** The ticket that rules of the tests act on. */
export const URGENT = { subject: "Hay una fuga", priority: "high" };
