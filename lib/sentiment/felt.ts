import { type Mood, sentimentOf } from "./score.ts";

/** How somebody sounds, as rows keep it; null: nothing was said. */
export interface Felt {
  readonly sentiment: number | null;
  readonly mood: Mood | null;
}

/** How a customer's words sound; nothing of no words. */
export function feltIn(text: string): Felt {
  if (text.trim() === "") return { sentiment: null, mood: null };
  const { score, mood } = sentimentOf(text);
  return { sentiment: score, mood };
}

/** The same on the wire. */
export function feltView({ sentiment, mood }: Felt): { readonly score: number; readonly mood: Mood } | null {
  return sentiment === null || mood === null ? null : { score: sentiment, mood };
}
