export { type Mood, moodOf, MOODS, type Sentiment, sentimentOf } from "./score.ts";
