import type { Ctx } from "../../../lib/context.ts";
import { askKnowledge } from "../../../lib/knowledge/mod.ts";
import type { AskedQuestion } from "./questions.ts";

export interface Quality {
  /** Share of the answerable questions that got the right entry. */
  readonly hits: number;
  /** Share of the answerable questions that got a wrong entry. */
  readonly wrong: number;
  /** Share of the questions that nothing answers, but that were answered. */
  readonly falseAnswers: number;
  /** A line a miss, for whoever tunes. */
  readonly misses: readonly string[];
}

export async function measure(ctx: Ctx, questions: readonly AskedQuestion[]): Promise<Quality> {
  const count = { right: 0, wrong: 0, answerable: 0, invented: 0, unanswerable: 0 };
  const misses: string[] = [];
  for (const { ask, expect } of questions) {
    const { answered, candidates, terms } = await askKnowledge(ctx, { question: ask });
    const [top] = candidates;
    const right = expect === null ? !answered : answered && expect.includes(top?.title ?? "");
    if (!right) {
      misses.push(
        `${answered ? "ANSWERED" : "silent"} ${JSON.stringify(ask)} wanted ${
          expect?.[0] ?? "nothing"
        }, top ${top?.score} ${top?.title} [${top?.matched}] missing [${top?.missing}] ${
          terms.map((t) => t.read_as ?? "").join("")
        }`,
      );
    }
    if (expect === null) {
      count.unanswerable++;
      if (answered) count.invented++;
    } else {
      count.answerable++;
      if (right) count.right++;
      else if (answered) count.wrong++;
    }
  }
  return {
    hits: count.right / count.answerable,
    wrong: count.wrong / count.answerable,
    falseAnswers: count.invented / count.unanswerable,
    misses,
  };
}
