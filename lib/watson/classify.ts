import { nextTurn } from "../kernel/clock.ts";
import { words } from "../knowledge/mod.ts";
import type { Intent } from "./intents.ts";
import { type Spelling, spellingOf } from "./spelling.ts";

export interface Example {
  readonly intent: Intent;
  readonly text: string;
}

export interface Guess {
  readonly intent: Intent;
  /** 0 to 1. */
  readonly confidence: number;
}

/** Trained on examples; the same examples give the same one, whoever trained it. */
export interface Classifier {
  readonly examples: number;
  guess(text: string): Guess;
}

const EPOCHS = 60;
const RATE = 0.5;
const DECAY = 1e-4;
const MOST_WORDS = 60;
/** Features that are weighed before others get their turn: some five milliseconds. */
const STEPS_A_TURN = 30_000;

/** Words, pairs of neighbours, and the beginnings of words, so that inflections and typing slips share something. */
function featuresOf(text: string, meant: Spelling = (word) => word): string[] {
  const found = words(text).slice(0, MOST_WORDS).map((word) => /^\d+$/.test(word) ? "#" : meant(word));
  const features = new Set<string>();
  found.forEach((word, at) => {
    features.add(word);
    if (word.length > 4) features.add(`${word.slice(0, 4)}~`);
    const next = found[at + 1];
    if (next !== undefined) features.add(`${word} ${next}`);
  });
  return [...features];
}

/** A classifier that is being trained. It holds nothing of whoever goes on with it: anybody may, and leave off. */
export interface Training {
  /** Weighs examples for some five milliseconds. Resolves to the classifier when all are weighed; null: not yet. */
  step(): Classifier | null;
}

/**
 * Multinomial logistic regression over bags of words (Bishop, Pattern Recognition and Machine Learning, 4.3.4), by
 * gradient descent in a fixed order. A few hundred examples take some ten milliseconds; a thousand long ones more than a
 * second.
 */
export function beginTraining(examples: readonly Example[]): Training {
  const intents = [...new Set(examples.map(({ intent }) => intent))].sort();
  const index = new Map<string, number>();
  const rows = examples.map(({ intent, text }) => {
    const at = featuresOf(text).map((feature) => {
      let known = index.get(feature);
      if (known === undefined) index.set(feature, known = index.size);
      return known;
    });
    return { at, label: intents.indexOf(intent) };
  });
  const classes = intents.length;
  const weights = new Float64Array((index.size + 1) * classes);
  const bias = index.size * classes;

  function probabilities(at: readonly number[]): Float64Array {
    const scores = new Float64Array(classes);
    // Long texts are not surer than short ones.
    const scale = 1 / Math.sqrt(Math.max(1, at.length));
    for (let c = 0; c < classes; c++) {
      let score = weights[bias + c] ?? 0;
      for (const feature of at) score += scale * (weights[feature * classes + c] ?? 0);
      scores[c] = score;
    }
    const top = Math.max(...scores);
    let sum = 0;
    for (let c = 0; c < classes; c++) sum += scores[c] = Math.exp((scores[c] ?? 0) - top);
    for (let c = 0; c < classes; c++) scores[c] = (scores[c] ?? 0) / sum;
    return scores;
  }

  function weigh({ at, label }: typeof rows[number], rate: number): void {
    const chance = probabilities(at);
    const scale = 1 / Math.sqrt(Math.max(1, at.length));
    for (let c = 0; c < classes; c++) {
      const error = (c === label ? 1 : 0) - (chance[c] ?? 0);
      weights[bias + c] = (weights[bias + c] ?? 0) + rate * error * 0.1;
      for (const feature of at) {
        const place = feature * classes + c;
        weights[place] = (weights[place] ?? 0) * (1 - DECAY) + rate * error * scale;
      }
    }
  }

  let spelling: Spelling | undefined;
  const classifier: Classifier = {
    examples: examples.length,
    guess(text) {
      const all = featuresOf(text, spelling ??= spellingOf(index.keys()));
      const known = all.flatMap((feature) => index.get(feature) ?? []);
      if (known.length === 0) return { intent: "none", confidence: 0 };
      const chance = probabilities(known);
      let best = 0;
      for (let c = 1; c < classes; c++) if ((chance[c] ?? 0) > (chance[best] ?? 0)) best = c;
      return { intent: intents[best] ?? "none", confidence: Math.round((chance[best] ?? 0) * 1000) / 1000 };
    },
  };

  let weighed = 0;
  return {
    step() {
      for (let steps = 0; weighed < EPOCHS * rows.length && steps < STEPS_A_TURN; weighed++) {
        const row = rows[weighed % rows.length];
        if (row === undefined) break;
        weigh(row, RATE / (1 + Math.floor(weighed / rows.length) / 20));
        steps += row.at.length;
      }
      return weighed < EPOCHS * rows.length ? null : classifier;
    },
  };
}

/** Goes on with a training to its end; others get their turns meanwhile. */
export async function finishTraining(training: Training): Promise<Classifier> {
  for (;;) {
    const classifier = training.step();
    if (classifier !== null) return classifier;
    await nextTurn();
  }
}
