/** A rule for urgent tickets. */
export const URGENT = { subject: "Hay una fuga", priority: "high" };
