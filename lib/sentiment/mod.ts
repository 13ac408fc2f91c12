export { type Felt, feltIn, feltView } from "./felt.ts";
export { type Mood, moodOf, MOODS, type Sentiment, sentimentOf } from "./score.ts";
