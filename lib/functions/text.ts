import { z } from "zod";
import { definePure, type PureFunction } from "../kernel/define-function.ts";
import { AppError } from "../kernel/errors.ts";

const MOST = 2_000_000;
const text = z.string().max(MOST);
const one = z.tuple([text]);

/** Letters and digits of any script, with apostrophes and hyphens inside a word. */
const WORD = /[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*/gu;

export const textFunctions: readonly PureFunction[] = [
  definePure({
    name: "text.upper",
    summary: "A text in capitals",
    workerType: "GENERAL_PURPOSE",
    args: one,
    result: z.string(),
    examples: [{ args: ["año"], result: "AÑO" }],
    run: ([given]) => given.toUpperCase(),
  }),
  definePure({
    name: "text.lower",
    summary: "A text in small letters",
    workerType: "GENERAL_PURPOSE",
    args: one,
    result: z.string(),
    examples: [{ args: ["ÁRBOL"], result: "árbol" }],
    run: ([given]) => given.toLowerCase(),
  }),
  definePure({
    name: "text.reverse",
    summary: "A text backwards, by what readers see as characters",
    workerType: "GENERAL_PURPOSE",
    args: one,
    result: z.string(),
    examples: [{ args: ["cauce"], result: "ecuac" }],
    run: ([given]) =>
      [...new Intl.Segmenter("und", { granularity: "grapheme" }).segment(given)]
        .map(({ segment }) => segment).reverse().join(""),
  }),
  definePure({
    name: "text.count",
    summary: "Characters, words and lines of a text",
    workerType: "GENERAL_PURPOSE",
    args: one,
    result: z.object({ characters: z.number(), words: z.number(), lines: z.number() }),
    examples: [{ args: ["uno dos\ntres"], result: { characters: 12, words: 3, lines: 2 } }],
    run: ([given]) => ({
      characters: [...given].length,
      words: given.match(WORD)?.length ?? 0,
      lines: given === "" ? 0 : given.split(/\r\n|\r|\n/).length,
    }),
  }),
  definePure({
    name: "text.words",
    summary: "The most frequent words of a text, with how often each occurs",
    workerType: "CPU_INTENSIVE",
    args: z.tuple([text, z.number().int().min(1).max(1000)]),
    result: z.array(z.object({ word: z.string(), count: z.number() })),
    examples: [{ args: ["el río y el mar", 1], result: [{ word: "el", count: 2 }] }],
    run: ([given, most]) => {
      const counts = new Map<string, number>();
      for (const [word] of given.toLowerCase().matchAll(WORD)) counts.set(word, (counts.get(word) ?? 0) + 1);
      return [...counts].map(([word, count]) => ({ word, count }))
        .sort((a, b) => b.count - a.count || (a.word < b.word ? -1 : 1)).slice(0, most);
    },
  }),
  definePure({
    name: "text.replace",
    summary: "A text with each occurrence of one text replaced by another",
    workerType: "GENERAL_PURPOSE",
    args: z.tuple([text, z.string().min(1).max(10_000), z.string().max(10_000)]),
    result: z.string(),
    examples: [{ args: ["a-b-c", "-", "+"], result: "a+b+c" }],
    run: ([given, from, to]) => {
      const parts = given.split(from);
      const length = given.length + (parts.length - 1) * (to.length - from.length);
      if (length > MOST) throw new AppError("payload_too_large", `The text would have ${length} characters`);
      return parts.join(to);
    },
  }),
];
