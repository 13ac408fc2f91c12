export type Mood = "negative" | "neutral" | "positive";
/** What a customer might write, and how a person reads it. */
export type Labelled = readonly [text: string, mood: Mood];
